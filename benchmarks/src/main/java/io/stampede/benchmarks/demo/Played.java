package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.LatencyChart;
import io.stampede.benchmarks.page.Page;
import io.stampede.benchmarks.page.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * An act with what came out.
 *
 * @param number of the act, from 1
 * @param results of all contenders
 */
record Played(int number, Act act, List<Result> results) {

    /** As much of it as a terminal has room for. */
    Table briefTable() {
        return table(act.columns().stream().filter(Column::brief).toList());
    }

    private Table table(List<Column> columns) {
        List<String> heads = new ArrayList<>(List.of(""));
        columns.forEach(column -> heads.add(column.title()));
        return new Table(
                heads, results.stream().map(result -> row(result, columns)).toList());
    }

    private static List<String> row(Result result, List<Column> columns) {
        List<String> row = new ArrayList<>(List.of(result.contender().title()));
        columns.forEach(column -> row.add(column.figure().apply(result)));
        return row;
    }

    Page.Section section(Options options) {
        return new Page.Section(
                number,
                act.title(),
                act.story(options),
                act.finding(results),
                act.charts(results),
                latencies(),
                table(act.columns()));
    }

    private LatencyChart latencies() {
        return new LatencyChart(
                Percentile.ALL.stream().map(Percentile::title).toList(),
                results.stream().map(Played::line).toList());
    }

    private static LatencyChart.Line line(Result result) {
        return new LatencyChart.Line(
                result.contender().title(),
                Percentile.ALL.stream()
                        .map(percentile -> percentile.of(result.reads().latencies()))
                        .toList());
    }
}
