package io.stampede.benchmarks.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;

/** What an act can do: put load on the nodes that one contender has to bear, and look at the database meanwhile. */
final class Stage {

    /** Between the order to read and the moment of it, so that all clients of all nodes are ready by then. */
    private static final Duration RUN_UP = Duration.ofMillis(250);

    private final ContenderKind contender;
    private final Cluster cluster;
    private final DatabaseProbe probe;
    private final Consumer<String> progress;

    Stage(ContenderKind contender, Cluster cluster, DatabaseProbe probe, Consumer<String> progress) {
        this.contender = contender;
        this.cluster = cluster;
        this.probe = probe;
        this.progress = progress;
    }

    ContenderKind contender() {
        return contender;
    }

    void say(String line) {
        progress.accept(line);
    }

    Sampler sampler() throws SQLException {
        return new Sampler(probe);
    }

    /** All clients of all nodes read the n-th product at one moment. */
    void herd(int n) throws InterruptedException {
        long at = System.currentTimeMillis() + RUN_UP.toMillis();
        cluster.onEveryNode("herd " + contender.product(n) + " " + at);
    }

    /**
     * Each node reads each of so many products once, as fast as it can, all nodes from the same moment on.
     *
     * @return that moment, by {@link System#nanoTime}
     */
    long walk(int count) throws InterruptedException {
        long at = System.currentTimeMillis() + RUN_UP.toMillis();
        long start = System.nanoTime() + RUN_UP.toNanos();
        cluster.onEveryNode("walk " + contender.product(1) + " " + count + " " + at);
        return start;
    }

    /** All clients begin to read any of so many products, each once in so long. */
    void pace(int count, Duration every) throws InterruptedException {
        cluster.onEveryNode("pace " + contender.product(1) + " " + count + " " + every.toMillis());
    }

    void stop() throws InterruptedException {
        cluster.onEveryNode("stop");
    }

    /** Those since the last time. */
    Reads reads() throws InterruptedException, DataFormatException {
        return Reads.merge(cluster.onEveryNode("reads"));
    }
}
