package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.page.TimeChart;
import java.util.List;

/** One kind of load that every contender has to bear, and what is to be shown of it. */
interface Act {

    /** All there are, in order; the first is number 1. */
    List<Act> ALL = List.of(new ColdKeys(), new ExpiringKey(), new KeysOfOneMoment(), new ColdStart());

    String title();

    /** What happens, for people. */
    String story(Options options);

    Setup setup();

    /** From a cache that holds nothing but the warm-up's product. */
    Result play(Stage stage) throws Exception;

    /** Of the table, after the contender's name. */
    List<Column> columns();

    List<TimeChart> charts(List<Result> results);

    /** What came out, in a sentence. */
    String finding(List<Result> results);
}
