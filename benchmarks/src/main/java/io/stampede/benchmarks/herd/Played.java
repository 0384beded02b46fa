package io.stampede.benchmarks.herd;

import java.util.List;

/**
 * An act with what came out.
 *
 * @param settings of Stampede that are not its defaults; empty for none
 * @param rows of all contenders, in order
 */
record Played(String id, String title, String story, String settings, boolean hasFault, List<Row> rows) {}
