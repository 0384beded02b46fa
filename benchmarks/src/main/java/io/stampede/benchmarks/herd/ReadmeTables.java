package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.scale.Growth;
import io.stampede.benchmarks.scale.Model;
import io.stampede.benchmarks.scale.Protection;
import io.stampede.benchmarks.suite.MarkedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the lab's tables in the README anew from the results that are kept.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.stampede.benchmarks.herd.ReadmeTables}, in the project's directory
 */
public final class ReadmeTables {

    static final String SECTION = "herd";
    static final String SCALE_SECTION = "scale";
    static final String FILE = "herd.json";

    private ReadmeTables() {}

    /**
     * Writes them.
     *
     * @param args none
     */
    public static void main(String... args) throws IOException {
        Path readme = Path.of("README.md");
        Files.writeString(readme, written(Files.readString(readme), Path.of("benchmarks/results")));
    }

    /** The README with what the results in the directory say. */
    static String written(String readme, Path results) throws IOException {
        Outcome outcome = new JsonMapper().readValue(Files.readString(results.resolve(FILE)), Outcome.class);
        return new MarkedText(readme)
                .with(SECTION, tables(outcome))
                .with(SCALE_SECTION, scale(outcome.growth()))
                .text();
    }

    /** Nodes down, protections across; what only Stampede has behind. */
    static String scale(List<Growth.Point> growth) {
        String heads = Arrays.stream(Protection.values())
                .map(protection -> " " + protection.title() + " |")
                .collect(Collectors.joining());
        StringBuilder table = new StringBuilder("| nodes |" + heads
                + " Redis commands a second without protection | with Stampede | messages a second, to all nodes together |\n|--:|"
                + "--:|".repeat(Protection.values().length + 3) + "\n");
        growth.stream().map(Growth.Point::nodes).distinct().forEach(nodes -> {
            String loads = Arrays.stream(Protection.values())
                    .map(protection -> " "
                            + Figures.oneDecimal(of(growth, nodes, protection).loadsOfHottest()) + " |")
                    .collect(Collectors.joining());
            Model.Figures ours = of(growth, nodes, Protection.STAMPEDE);
            table.append(String.format(
                    "| %s |%s %s | %s | %s |\n",
                    Figures.count(nodes),
                    loads,
                    whole(of(growth, nodes, Protection.NONE).commands()),
                    whole(ours.commands()),
                    whole(ours.deliveries())));
        });
        return table.toString();
    }

    private static Model.Figures of(List<Growth.Point> growth, int nodes, Protection protection) {
        return Growth.of(growth, protection.title())
                .filter(point -> point.nodes() == nodes)
                .findFirst()
                .orElseThrow()
                .figures();
    }

    private static String whole(double number) {
        return Figures.count(Math.round(number));
    }

    static String tables(Outcome outcome) {
        return String.join(
                "\n",
                "`" + outcome.command() + "`, " + outcome.date() + ", " + outcome.load() + ", "
                        + String.join(", ", outcome.servers()) + ", " + outcome.java() + ", " + outcome.machine()
                        + ".\n",
                table(outcome, "queries (for each occasion)", ReadmeTables::queries),
                table(outcome, "queries of the busiest 100 ms ÷ mean", row -> Figures.oneDecimal(row.peakToMean())),
                table(outcome, "reads over 50 ms late (over 500 ms)", ReadmeTables::late),
                table(outcome, "p99.9 of the reads", row -> Figures.time(row.p999() * 1e6)),
                table(outcome, "stale reads (too old by)", ReadmeTables::stale),
                table(outcome, "errors at callers", row -> Report.percent(row.errorPercent(), row.errorCount())));
    }

    private static String queries(Row row) {
        return Figures.count(row.queries())
                + String.format(Locale.ROOT, " (%.2f)", row.loads().perOccasion());
    }

    private static String late(Row row) {
        return Report.percent(row.latePercent(), row.late()) + " ("
                + Report.percent(row.veryLatePercent(), row.veryLate()) + ")";
    }

    private static String stale(Row row) {
        return Report.percent(row.stalePercent(), row.stale())
                + (row.stale() == 0 ? "" : " (" + Figures.seconds(row.oldestMillis()) + ")");
    }

    /** Acts down, contenders across. */
    private static String table(Outcome outcome, String title, Function<Row, String> figure) {
        List<Row> contenders = outcome.acts().get(0).rows();
        String heads = contenders.stream().map(row -> " " + row.label() + " |").collect(Collectors.joining());
        StringBuilder table =
                new StringBuilder("| " + title + " |" + heads + "\n|---|" + "--:|".repeat(contenders.size()) + "\n");
        for (Played played : outcome.acts()) {
            String figures = played.rows().stream()
                    .map(row -> " " + figure.apply(row) + " |")
                    .collect(Collectors.joining());
            table.append("| ")
                    .append(played.title())
                    .append(" |")
                    .append(figures)
                    .append("\n");
        }
        return table.toString();
    }
}
