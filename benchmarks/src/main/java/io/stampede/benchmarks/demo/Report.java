package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Page;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.stream.Collectors;

/** All that came out, as text and as a page. */
record Report(Options options, Cluster.Servers servers, List<Played> acts) {

    private static final int LINE = 118;

    String text() {
        StringBuilder text = new StringBuilder();
        for (Played played : acts) {
            text.append(String.format(
                    "%nAct %d: %s%n%n", played.number(), played.act().title()));
            text.append(wrapped(played.act().story(options)));
            text.append(String.format("%n%s", played.briefTable().text()));
        }
        return text.append(String.format(
                        "%nQueries are what the database counted: %s of %s.%n", servers.counter(), servers.database()))
                .toString();
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

    Page page() {
        String findings = acts.stream()
                .map(played -> played.act().finding(played.results()))
                .collect(Collectors.joining(" "));
        String summary =
                options.nodes() + " application nodes with " + options.threads() + " clients each read products"
                        + " through a cache, on a real Redis and a real database. The less the database has to do for the same"
                        + " reads, the better. " + findings;
        String setting = LocalDate.now(ZoneId.systemDefault()) + ", " + servers.redis() + ", "
                + servers.database() + " with " + servers.counter() + ", Java "
                + Runtime.version().feature()
                + "; all processes on one machine with " + Runtime.getRuntime().availableProcessors() + " processors.";
        return new Page(
                summary,
                setting,
                acts.stream().map(played -> played.section(options)).toList());
    }
}
