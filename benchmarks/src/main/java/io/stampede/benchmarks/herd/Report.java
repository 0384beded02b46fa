package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.HerdPage;
import io.stampede.benchmarks.page.LogChart;
import io.stampede.benchmarks.page.Table;
import io.stampede.benchmarks.page.TimeChart;
import io.stampede.benchmarks.scale.Growth;
import io.stampede.benchmarks.scale.Model;
import io.stampede.benchmarks.scale.Protection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/** All that came out, as text, as data and as a page. */
record Report(Outcome outcome) {

    private static final int LINE = 118;
    private static final List<String> PERCENTILES = List.of("p50", "p99", "p99.9", "max");
    private static final double NANOS = 1e6;

    /** The last of the usual six, so that Stampede has one colour on all of the page. */
    private static final int OURS = 5;

    private record Column(String title, Function<Row, String> figure) {}

    private static final List<Column> COLUMNS = List.of(
            new Column("queries", row -> Figures.count(row.queries())),
            new Column("per occasion", row -> twoDecimals(row.loads().perOccasion())),
            new Column("at most", row -> Figures.count(row.loads().mostPerOccasion())),
            new Column("of a key at once", row -> Figures.count(row.loads().atOnce())),
            new Column("peak/mean", row -> Figures.oneDecimal(row.peakToMean())),
            new Column("at a time", row -> Figures.count(row.mostAtATime())),
            new Column("reads", row -> Figures.count(row.reads())),
            new Column("late", row -> percent(row.latePercent(), row.late())),
            new Column("machine", row -> String.format(Locale.ROOT, "%.2f %%", row.machineLatePercent())),
            new Column("very late", row -> percent(row.veryLatePercent(), row.veryLate())),
            new Column("p50", row -> Figures.time(row.p50() * NANOS)),
            new Column("p99", row -> Figures.time(row.p99() * NANOS)),
            new Column("p99.9", row -> Figures.time(row.p999() * NANOS)),
            new Column("max", row -> Figures.time(row.max() * NANOS)),
            new Column("stale", row -> percent(row.stalePercent(), row.stale())),
            new Column("too old by", row -> row.stale() == 0 ? "" : Figures.seconds(row.oldestMillis())),
            new Column("errors", row -> percent(row.errorPercent(), row.errorCount())));

    private static String twoDecimals(double number) {
        return String.format(Locale.ROOT, "%,.2f", number);
    }

    /** With a 0 where there is nothing at all, so that little is not taken for nothing. */
    static String percent(double percent, long count) {
        if (count == 0) {
            return "0";
        }
        return percent < 0.01
                ? "< 0.01 %"
                : String.format(Locale.ROOT, percent < 9.995 ? "%.2f %%" : "%.0f %%", percent);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (Played played : outcome.acts()) {
            text.append(String.format("%n%s%n%n", played.title()));
            text.append(wrapped(played.story() + settings(played)));
            text.append(String.format("%n%s", table(played).text()));
            text.append(errors(played));
        }
        return text.append(String.format(
                        "%nQueries are what %s has counted.%n",
                        outcome.servers().get(1)))
                .toString();
    }

    private static String settings(Played played) {
        return played.settings().isEmpty() ? "" : " Stampede has been given " + played.settings() + ".";
    }

    private static Table table(Played played) {
        List<String> heads = new ArrayList<>(List.of(""));
        COLUMNS.forEach(column -> heads.add(column.title()));
        return new Table(heads, played.rows().stream().map(Report::figures).toList());
    }

    private static List<String> figures(Row row) {
        List<String> figures = new ArrayList<>(List.of(row.label()));
        COLUMNS.forEach(column -> figures.add(column.figure().apply(row)));
        return figures;
    }

    private static String errors(Played played) {
        return played.rows().stream()
                .filter(row -> row.errorCount() > 0)
                .map(row -> String.format("  %s: %s%n", row.label(), kinds(row.errors())))
                .collect(Collectors.joining());
    }

    private static String kinds(Map<String, Integer> errors) {
        return errors.entrySet().stream()
                .map(kind -> Figures.count(kind.getValue()) + " " + kind.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String wrapped(String paragraph) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : paragraph.split(" ", -1)) {
            if (column + word.length() > LINE) {
                text.append(System.lineSeparator());
                column = 0;
            }
            text.append(column == 0 ? "" : " ").append(word);
            column += word.length() + 1;
        }
        return text.append(System.lineSeparator()).toString();
    }

    /** Data and page; and the directories above them that are not there. */
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("herd.json"),
                new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(outcome));
        page().write(directory.resolve("index.html"));
    }

    private HerdPage page() {
        String setting = outcome.date() + ", " + String.join(", ", outcome.servers()) + ", " + outcome.java() + "; "
                + outcome.load() + ", all processes on one machine: " + outcome.machine() + ". Made by "
                + outcome.command() + ".";
        return new HerdPage(
                setting, outcome.acts().stream().map(Report::section).toList(), Growth.setting(), growth());
    }

    private static HerdPage.Section section(Played played) {
        return new HerdPage.Section(
                played.id(),
                played.title(),
                played.story() + settings(played),
                queries(played),
                troubled(played),
                latencies(played),
                table(played),
                played.rows().stream()
                        .filter(row -> row.errorCount() > 0)
                        .map(row -> row.label() + ": " + kinds(row.errors()))
                        .toList());
    }

    private static TimeChart queries(Played played) {
        return new TimeChart(
                "Queries per 100 ms",
                Timeline.BIN,
                played.rows().stream()
                        .map(row -> new TimeChart.Panel(
                                row.label(),
                                Figures.count(row.queries()) + " in all, at most " + Math.round(row.peakPer100Ms()),
                                decimals(row.queriesPer100Ms())))
                        .toList());
    }

    private static TimeChart troubled(Played played) {
        return new TimeChart(
                "Reads that were late or failed, per 100 ms",
                Timeline.BIN,
                played.rows().stream()
                        .map(row -> new TimeChart.Panel(
                                row.label(),
                                percent(row.latePercent(), row.late()) + " late, "
                                        + percent(row.errorPercent(), row.errorCount()) + " failed",
                                decimals(row.troubledPer100Ms())))
                        .toList());
    }

    private static List<Double> decimals(List<Integer> numbers) {
        return numbers.stream().map(Integer::doubleValue).toList();
    }

    private static LogChart latencies(Played played) {
        List<LogChart.Line> lines = new ArrayList<>();
        for (Row row : played.rows()) {
            List<Double> nanos = List.of(row.p50() * NANOS, row.p99() * NANOS, row.p999() * NANOS, row.max() * NANOS);
            lines.add(new LogChart.Line(row.label(), lines.size(), nanos));
        }
        return new LogChart("How long reads took", LogChart.Unit.TIME, "percentile of all reads", PERCENTILES, lines);
    }

    private List<LogChart> growth() {
        return List.of(
                growth("Loads for each life of the hottest key", Model.Figures::loadsOfHottest),
                growth("Loads of all keys in a second", Model.Figures::loads),
                growth("Reads of a million that find no value", Model.Figures::waits),
                growth("Commands to Redis in a second", Model.Figures::commands),
                growth("Messages that reach a node, in a second, all nodes together", Model.Figures::deliveries));
    }

    private LogChart growth(String title, ToDoubleFunction<Model.Figures> figure) {
        List<LogChart.Line> lines = new ArrayList<>();
        for (Protection protection : Protection.values()) {
            List<Double> figures = Growth.of(outcome.growth(), protection.title())
                    .map(point -> figure.applyAsDouble(point.figures()))
                    .toList();
            if (figures.stream().anyMatch(value -> value > 0)) {
                int series = protection == Protection.STAMPEDE ? OURS : protection.ordinal();
                lines.add(new LogChart.Line(protection.title(), series, figures));
            }
        }
        List<String> nodes = Growth.of(outcome.growth(), Protection.STAMPEDE.title())
                .map(point -> Figures.count(point.nodes()))
                .toList();
        return new LogChart(title, LogChart.Unit.NUMBER, "nodes", nodes, lines);
    }
}
