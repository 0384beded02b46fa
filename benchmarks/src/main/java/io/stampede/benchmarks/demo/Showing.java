package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.page.TimeChart;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** What several acts say and draw of their results. */
final class Showing {

    private static final Duration AT_A_TIME_BIN = Duration.ofMillis(25);

    private Showing() {}

    /** "96 queries by hand, 3 with single flight and 1 with Stampede". */
    static String each(List<Result> results, Function<Result, String> figure) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < results.size(); i++) {
            Result result = results.get(i);
            text.append(i == 0 ? "" : i == results.size() - 1 ? " and " : ", ");
            text.append(figure.apply(result)).append(i == 0 ? " queries " : " ");
            text.append(result.contender().phrase());
        }
        return text.toString();
    }

    static TimeChart queries(List<Result> results) {
        return new TimeChart(
                "Queries per 100 ms",
                Timeline.BIN,
                results.stream().map(Showing::queriesPanel).toList());
    }

    private static TimeChart.Panel queriesPanel(Result result) {
        Timeline timeline = result.timeline();
        String note = Figures.count(timeline.queries()) + " in all, at most " + Math.round(timeline.peak());
        return new TimeChart.Panel(result.contender().title(), note, timeline.queriesPerBin());
    }

    static TimeChart atATime(List<Result> results) {
        return new TimeChart(
                "Queries in the database at a time",
                AT_A_TIME_BIN,
                results.stream().map(Showing::atATimePanel).toList());
    }

    private static TimeChart.Panel atATimePanel(Result result) {
        Timeline timeline = result.timeline();
        String note = "at most " + timeline.mostAtATime() + ", warm after "
                + Figures.seconds(result.took().toMillis());
        return new TimeChart.Panel(result.contender().title(), note, timeline.atATimePer(AT_A_TIME_BIN));
    }

    /** Columns before those of the latencies, and behind. */
    static List<Column> columns(List<Column> before, Column... behind) {
        return Stream.of(before, Column.latencies(), List.of(behind))
                .flatMap(List::stream)
                .toList();
    }
}
