package io.stampede.benchmarks.scale;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** How the figures grow with the number of nodes, each of which brings as many readers as the others. */
public final class Growth {

    private static final List<Integer> NODES = List.of(1, 3, 10, 30, 100, 300, 1_000);
    private static final int KEYS = 1_000_000;
    private static final double READS_PER_NODE = 1_000;
    private static final double TTL = 60;
    private static final double LOAD = 0.05;
    private static final double LIVES = 1.5;
    private static final long SEED = 42;

    private Growth() {}

    /** One cluster with one protection. */
    public record Point(int nodes, String protection, Model.Figures figures) {}

    /** What all of it has in common, for people. */
    public static String setting() {
        return String.format(
                Locale.ROOT,
                "%,d keys, read by Zipf's law, %,.0f reads a second on each node; ttl %.0f s, a load takes %.0f ms, β = 1;"
                        + " the copies in the nodes end with the value in Redis",
                KEYS,
                READS_PER_NODE,
                TTL,
                LOAD * 1_000);
    }

    /** Takes some seconds. The same each time. */
    public static List<Point> calculate() {
        return NODES.parallelStream()
                .flatMap(nodes -> Arrays.stream(Protection.values()).map(protection -> point(nodes, protection)))
                .toList();
    }

    private static Point point(int nodes, Protection protection) {
        World world = World.of(nodes, KEYS, nodes * READS_PER_NODE, TTL, LOAD);
        return new Point(nodes, protection.title(), Model.run(world, protection, LIVES, SEED));
    }

    /** Those of one protection, by the number of nodes. */
    public static Stream<Point> of(List<Point> points, String protection) {
        return points.stream().filter(point -> point.protection().equals(protection));
    }
}
