package io.stampede.benchmarks.page;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table, to be printed or put on a page.
 *
 * @param columns the heads of the columns, the names' column too
 * @param rows a name and its figures each
 */
public record Table(List<String> columns, List<List<String>> rows) {

    /** As text with a blank margin: names to the left, figures to the right. */
    public String text() {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns);
        lines.addAll(rows);
        List<Integer> widths = IntStream.range(0, columns.size())
                .mapToObj(column -> lines.stream()
                        .mapToInt(line -> line.get(column).length())
                        .max()
                        .orElse(0))
                .toList();
        return lines.stream().map(line -> textLine(line, widths)).collect(Collectors.joining());
    }

    private static String textLine(List<String> line, List<Integer> widths) {
        StringBuilder text = new StringBuilder("  ").append(line.get(0));
        text.append(" ".repeat(widths.get(0) - line.get(0).length()));
        for (int i = 1; i < line.size(); i++) {
            text.append(" ".repeat(3 + widths.get(i) - line.get(i).length())).append(line.get(i));
        }
        return text.append(System.lineSeparator()).toString();
    }

    String html() {
        StringBuilder html = new StringBuilder("<table>\n<thead><tr>");
        columns.forEach(column -> html.append(cell("th scope=\"col\"", "th", column)));
        html.append("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < rows.size(); i++) {
            List<String> row = rows.get(i);
            html.append("<tr class=\"").append(Svg.series(i)).append("\">");
            html.append(cell("th scope=\"row\"", "th", row.get(0)));
            row.stream().skip(1).forEach(figure -> html.append(cell("td", "td", figure)));
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>").toString();
    }

    private static String cell(String opening, String closing, String text) {
        return "<" + opening + ">" + Html.escape(text) + "</" + closing + ">";
    }
}
