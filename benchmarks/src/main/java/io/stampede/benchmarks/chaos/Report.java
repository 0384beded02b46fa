package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.page.DrillPage;
import io.stampede.benchmarks.page.FaultChart;
import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that came out, as text, as data and as a page.
 *
 * @param topologies what they were, in a line each
 * @param notPlayed which faults, and why
 * @param took the whole drill
 */
record Report(Options options, List<String> topologies, List<Row> rows, List<String> notPlayed, Duration took) {

    private static final List<String> COLUMNS = List.of(
            "",
            "reads",
            "errors",
            "by P11",
            "p50",
            "p99",
            "longest",
            "one call",
            "loads/needed",
            "at once",
            "old here",
            "old elsewhere",
            "outdated for",
            "suspect",
            "normal after");

    boolean isGood() {
        return notPlayed.isEmpty() && rows.stream().allMatch(Row::isGood);
    }

    private Availability availability() {
        return Availability.of(rows);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (TopologyKind topology : options.topologies()) {
            text.append(
                    String.format("%n%s%n%s", heading(topology), table(topology).text()));
        }
        text.append(String.format("%n%s%n", summary()));
        notPlayed.forEach(fault -> text.append(String.format("Not played: %s%n", fault)));
        return text.toString();
    }

    private static String heading(TopologyKind topology) {
        String title = topology.title();
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    private Table table(TopologyKind topology) {
        return new Table(COLUMNS, rowsOf(topology).stream().map(Report::figures).toList());
    }

    private List<Row> rowsOf(TopologyKind topology) {
        return rows.stream().filter(row -> row.topology() == topology).toList();
    }

    private static List<String> figures(Row row) {
        return List.of(
                row.title(),
                Figures.count(row.reads()),
                Figures.count(row.errors()),
                row.ofTheSource() ? Figures.count(row.allowedErrors()) : "",
                Figures.time(row.p50()),
                Figures.time(row.p99()),
                Figures.time(row.longest()),
                Figures.time(row.longestCall()),
                String.format(Locale.ROOT, "%.2f", row.loadsPerNeeded()),
                Integer.toString(row.mostLoadsAtOnce()),
                Figures.count(row.oldHere()),
                Figures.count(row.oldElsewhere()),
                Figures.seconds(row.longestOutdatedMillis()),
                Figures.count(row.suspect()),
                row.isNormal() ? Figures.seconds(row.normalAfterMillis()) : "never");
    }

    private String summary() {
        long errors = rows.stream().mapToLong(Row::errors).sum();
        long old = rows.stream()
                .mapToLong(row -> row.oldHere() + row.oldElsewhere())
                .sum();
        long reads = rows.stream().mapToLong(Row::reads).sum();
        return String.format(
                Locale.ROOT,
                "%d faults in %d min %d s, %s reads: %s errors at callers because of Redis or a node, %s reads of what is"
                        + " older than allowed. %s",
                rows.size(),
                took.toMinutes(),
                took.toSecondsPart(),
                Figures.count(reads),
                Figures.count(errors),
                Figures.count(old),
                availability());
    }

    /** Data and page; and the directories above them that are not there. */
    void write() throws IOException {
        Path directory = options.directory();
        Files.createDirectories(directory);
        JsonMapper json = new JsonMapper();
        Files.writeString(
                directory.resolve("drill.json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsString(data()));
        page().write(directory.resolve("index.html"));
    }

    private record Data(
            String date,
            int processors,
            long tookMillis,
            List<String> topologies,
            Availability availability,
            List<String> notPlayed,
            List<Row> rows) {}

    private Data data() {
        return new Data(
                LocalDate.now(ZoneId.systemDefault()).toString(),
                Runtime.getRuntime().availableProcessors(),
                took.toMillis(),
                topologies,
                availability(),
                notPlayed,
                rows);
    }

    private DrillPage page() {
        List<DrillPage.Section> sections = new ArrayList<>();
        for (TopologyKind topology : options.topologies()) {
            List<Row> played = rowsOf(topology);
            if (!played.isEmpty()) {
                sections.add(new DrillPage.Section(
                        topology.id(),
                        heading(topology),
                        table(topology),
                        played.stream().map(Report::chart).toList()));
            }
        }
        String setting = LocalDate.now(ZoneId.systemDefault()) + ", Java "
                + Runtime.version().feature() + "; " + Cluster.NODES + " nodes, all processes on one machine with "
                + Runtime.getRuntime().availableProcessors() + " processors. " + String.join(". ", topologies) + ".";
        return new DrillPage(summary(), setting, notPlayed, sections);
    }

    private static FaultChart chart(Row row) {
        long first = Bin.at(row.beganMillis());
        long last = row.bins().stream().mapToLong(Bin::number).max().orElse(first);
        List<Double> waits = LongStream.rangeClosed(first, last)
                .mapToObj(number -> row.bins().stream()
                        .filter(bin -> bin.number() == number)
                        .mapToDouble(Bin::longestMillis)
                        .max()
                        .orElse(0))
                .toList();
        List<Double> loads = LongStream.rangeClosed(first, last)
                .mapToObj(number -> row.loadsByBin().getOrDefault(number, 0L).doubleValue())
                .toList();
        double from = 0;
        double to = (row.endedMillis() - first * Bin.MILLIS) / 1e3;
        double normal = row.isNormal() ? to + row.normalAfterMillis() / 1e3 : -1;
        return new FaultChart(row.title(), Duration.ofMillis(Bin.MILLIS), waits, loads, from, to, normal);
    }
}
