package io.stampede.benchmarks.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The demo's page: one file that needs no other, from here or from elsewhere.
 *
 * @param summary what came out, in a paragraph
 * @param setting the machine, the servers, the load
 */
public record Page(String summary, String setting, List<Section> sections) {

    /**
     * An act.
     *
     * @param story what happens in it
     * @param finding what came out, in a sentence
     */
    public record Section(
            int number,
            String title,
            String story,
            String finding,
            List<TimeChart> overTime,
            LatencyChart latencies,
            Table table) {}

    /** Writes it, and the directories above it that are not there. */
    public void write(Path file) throws IOException {
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Files.writeString(file, html());
    }

    String html() throws IOException {
        StringBuilder acts = new StringBuilder();
        StringBuilder contents = new StringBuilder();
        for (Section section : sections) {
            acts.append(html(section));
            contents.append("<a href=\"#act")
                    .append(section.number())
                    .append("\">")
                    .append(Html.escape(section.number() + ". " + section.title()))
                    .append("</a>\n");
        }
        return Template.load("page.html")
                .html("style", Template.load("style.css").filled())
                .text("summary", summary)
                .text("setting", setting)
                .html("contents", contents.toString())
                .html("acts", acts.toString())
                .filled();
    }

    private static String html(Section section) throws IOException {
        StringBuilder charts = new StringBuilder();
        for (TimeChart chart : section.overTime()) {
            charts.append(figure(chart.title(), chart.svg()));
        }
        return Template.load("act.html")
                .text("number", Integer.toString(section.number()))
                .text("title", section.title())
                .text("story", section.story())
                .text("finding", section.finding())
                .html("overTime", charts.toString())
                .html(
                        "latencies",
                        figure(
                                "How long reads took (logarithmic scale)",
                                section.latencies().svg()))
                .html("table", section.table().html())
                .filled();
    }

    private static String figure(String caption, String svg) {
        return "<figure><figcaption>" + Html.escape(caption) + "</figcaption>\n" + svg + "</figure>\n";
    }
}
