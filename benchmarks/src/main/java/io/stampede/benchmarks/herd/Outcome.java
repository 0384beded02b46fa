package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.scale.Growth;
import java.util.List;

/**
 * All that a run of the lab has found out: what is written as JSON, and read again to make tables and pages.
 *
 * @param date of the run
 * @param machine processors, their model, the operating system
 * @param java its version
 * @param servers Redis and the database, with their versions
 * @param command with which it can be had again
 * @param load nodes, callers and connections
 * @param growth the figures on paper
 */
record Outcome(
        String date,
        String machine,
        String java,
        List<String> servers,
        String command,
        String load,
        List<Played> acts,
        List<Growth.Point> growth) {}
