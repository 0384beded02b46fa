package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What an act can do: put load on the nodes that one contender has to bear, and break what is around them. */
final class Stage {

    /** Between the order to read and the moment of it, so that all callers of all nodes are ready by then. */
    private static final Duration RUN_UP = Duration.ofMillis(250);

    private final Options options;
    private final Cluster cluster;
    private final SourceCondition source;

    Stage(Options options, Cluster cluster, SourceCondition source) {
        this.options = options;
        this.cluster = cluster;
        this.source = source;
    }

    Options options() {
        return options;
    }

    /** All callers of all nodes read the product at one moment. */
    void herd(long product) throws InterruptedException {
        cluster.onEveryNode("herd " + product + " " + soon());
    }

    /** Each node reads each of so many products once, as fast as it can, all nodes from the same moment on. */
    void walk(int count) throws InterruptedException {
        cluster.onEveryNode("walk " + count + " " + soon());
    }

    /** Each of so many products is read once by one of the nodes. */
    void fill(int count) throws InterruptedException {
        cluster.onEveryNode("fill " + count + " " + soon());
    }

    private static long soon() {
        return System.currentTimeMillis() + RUN_UP.toMillis();
    }

    Schedule soon(Duration every, Duration lasts) {
        return new Schedule(soon(), every, lasts);
    }

    /** All callers begin to read any of so many products. */
    void pace(int count, Schedule schedule) throws InterruptedException {
        cluster.onEveryNode("pace " + count + " " + schedule.encoded());
    }

    /** Each node begins to write its share of so many products. */
    void write(int count, Schedule schedule) throws InterruptedException {
        cluster.onEveryNode("write " + count + " " + schedule.encoded());
    }

    void awaitReaders() throws InterruptedException {
        cluster.onEveryNode("await");
    }

    void redis(String deed) throws InterruptedException {
        cluster.redis(deed);
    }

    SourceCondition source() {
        return source;
    }

    void sleepUntil(long millis) {
        while (System.currentTimeMillis() < millis) {
            LockSupport.parkUntil(millis);
        }
    }
}
