package io.stampede.benchmarks.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The herd lab's page: one file that needs no other, from here or from elsewhere.
 *
 * @param setting the machine, the servers, the load
 * @param growthSetting of the figures on paper
 * @param growth how they grow with the number of nodes
 */
public record HerdPage(String setting, List<Section> sections, String growthSetting, List<LogChart> growth) {

    /**
     * An act.
     *
     * @param story what happens in it
     * @param errors what kinds, of each contender that had any
     */
    public record Section(
            String id,
            String title,
            String story,
            TimeChart queries,
            TimeChart troubled,
            LogChart latencies,
            Table table,
            List<String> errors) {}

    /** Writes it. */
    public void write(Path file) throws IOException {
        Files.writeString(file, html());
    }

    String html() throws IOException {
        StringBuilder acts = new StringBuilder();
        StringBuilder contents = new StringBuilder();
        for (Section section : sections) {
            acts.append(html(section));
            contents.append(String.format("<a href=\"#%s\">%s</a>%n", section.id(), Html.escape(section.title())));
        }
        StringBuilder charts = new StringBuilder();
        growth.forEach(chart -> charts.append(String.format("<div>%s</div>%n", figure(chart.title(), chart.svg()))));
        return Template.load("herd.html")
                .text("growthSetting", growthSetting)
                .html("growth", charts.toString())
                .html("style", Template.load("style.css").filled())
                .text("setting", setting)
                .html("contents", contents.toString())
                .html("acts", acts.toString())
                .filled();
    }

    private static String html(Section section) throws IOException {
        return Template.load("act.html")
                .text("id", section.id())
                .text("title", section.title())
                .text("story", section.story())
                .html(
                        "queries",
                        figure(section.queries().title(), section.queries().svg()))
                .html(
                        "troubled",
                        figure(section.troubled().title(), section.troubled().svg()))
                .html(
                        "latencies",
                        figure(section.latencies().title(), section.latencies().svg()))
                .html("table", section.table().html())
                .html("errors", errors(section.errors()))
                .filled();
    }

    private static String errors(List<String> errors) {
        return errors.stream()
                .map(each -> "<p class=\"setting\">" + Html.escape(each) + "</p>")
                .collect(Collectors.joining("\n"));
    }

    private static String figure(String caption, String svg) {
        return "<figure><figcaption>" + Html.escape(caption) + "</figcaption>\n" + svg + "</figure>\n";
    }
}
