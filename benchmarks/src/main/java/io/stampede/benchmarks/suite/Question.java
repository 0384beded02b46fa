package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.ContenderKind;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A benchmark with all that is to be said about how it is run.
 *
 * @param title what is asked
 * @param benchmark the class, one of whose parameters is named contender
 * @param method of the class
 * @param params its other parameters
 * @param threads how many callers there are
 * @param asked that parameter's values with their names in tables, the floor first
 */
record Question(
        String title, Class<?> benchmark, String method, Map<String, String> params, int threads, List<Asked> asked) {

    /** One of those that are compared. */
    record Asked(String param, String label) {

        static List<Asked> of(ContenderKind... contenders) {
            return Arrays.stream(contenders)
                    .map(each -> new Asked(each.name(), each.label()))
                    .toList();
        }
    }
}
