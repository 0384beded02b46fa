package io.stampede.benchmarks.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The chaos drill's page: one file that needs no other, from here or from elsewhere.
 *
 * @param summary what came out, in a paragraph
 * @param setting the machine, the servers, the load
 * @param notPlayed which faults were not, and why
 */
public record DrillPage(String summary, String setting, List<String> notPlayed, List<Section> sections) {

    /**
     * A topology.
     *
     * @param charts one for each row of the table
     */
    public record Section(String id, String title, Table table, List<FaultChart> charts) {}

    /** Writes it. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }

    String html() throws IOException {
        StringBuilder topologies = new StringBuilder();
        StringBuilder contents = new StringBuilder();
        for (Section section : sections) {
            topologies.append(html(section));
            contents.append(String.format("<a href=\"#%s\">%s</a>%n", section.id(), Html.escape(section.title())));
        }
        StringBuilder missing = new StringBuilder();
        notPlayed.forEach(fault -> missing.append(String.format("<p>Not played: %s</p>%n", Html.escape(fault))));
        return Template.load("drill.html")
                .html("style", Template.load("style.css").filled())
                .text("summary", summary)
                .text("setting", setting)
                .html("notPlayed", missing.toString())
                .html("contents", contents.toString())
                .html("topologies", topologies.toString())
                .filled();
    }

    private static String html(Section section) throws IOException {
        StringBuilder charts = new StringBuilder();
        section.charts()
                .forEach(chart -> charts.append(String.format(
                        "<figure><figcaption>%s</figcaption>%n%s</figure>%n",
                        Html.escape(chart.title()), chart.svg())));
        return Template.load("topology.html")
                .text("id", section.id())
                .text("title", section.title())
                .html("table", section.table().html())
                .html("charts", charts.toString())
                .filled();
    }
}
