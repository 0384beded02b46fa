package io.stampede.benchmarks.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** What one contender has to go through: the load on the nodes, and the count in the database. */
final class Acts {

    static final int COLD_KEYS = 5;
    /** Each contender's own: one to warm up with, the cold ones, and the one that expires. */
    static final int PRODUCTS = COLD_KEYS + 2;

    static final Duration TTL = Duration.ofSeconds(2);
    static final Duration PACE = Duration.ofMillis(20);

    /** Between the order to read and the moment of it, so that all clients of all nodes are ready by then. */
    private static final Duration RUN_UP = Duration.ofMillis(250);

    /** At least. Five lives of a value, with the loads between them. */
    private static final Duration SECOND_ACT = Duration.ofMillis(11_500);

    private static final Duration SAMPLING = Duration.ofMillis(25);

    private final ContenderKind contender;
    private final Cluster cluster;
    private final QueryCount count;
    private final Consumer<String> progress;

    Acts(ContenderKind contender, Cluster cluster, QueryCount count, Consumer<String> progress) {
        this.contender = contender;
        this.cluster = cluster;
        this.count = count;
        this.progress = progress;
    }

    /** Not counted: classes are loaded, connections opened. */
    void warmUp() throws Exception {
        herd(contender.product(0));
        reads();
        count.reset();
    }

    /** Act 1: everybody wants a product that nobody has. */
    Report.Result coldKeys() throws Exception {
        List<Long> queries = new ArrayList<>();
        for (int key = 1; key <= COLD_KEYS; key++) {
            long before = count.get();
            herd(contender.product(key));
            queries.add(count.get() - before);
        }
        progress.accept("cold keys: queries for each " + queries);
        return new Report.Result(contender, queries, reads());
    }

    /** Act 2: everybody goes on reading a product that expires every now and then. */
    Report.Result expiringKey() throws Exception {
        long product = contender.product(COLD_KEYS + 1);
        // Cached before it begins: this act is about expiring, the cold key was the last one.
        herd(product);
        reads();
        Expiries expiries = new Expiries(TTL, count.get(), System.nanoTime());
        cluster.onEveryNode("pace " + product + " " + PACE.toMillis());
        observe(expiries);
        cluster.onEveryNode("stop");
        return new Report.Result(contender, expiries.queries(), reads());
    }

    /** Ends after its time, and half a ttl after an expiry: that is, when no query is under way or about to be. */
    private void observe(Expiries expiries) throws Exception {
        long start = System.nanoTime();
        int seen = 0;
        boolean over = false;
        while (!over) {
            LockSupport.parkNanos(SAMPLING.toNanos());
            long now = System.nanoTime();
            expiries.observe(count.get(), now);
            if (expiries.finished(now) > seen) {
                long queries = expiries.queries().get(seen);
                seen++;
                progress.accept("expiry " + seen + ": queries " + queries);
                over = now - start > SECOND_ACT.toNanos();
            } else if (now - start > 2 * SECOND_ACT.toNanos()) {
                throw new IllegalStateException("The product does not expire: " + seen + " times in "
                        + Duration.ofNanos(now - start).toSeconds() + " s");
            }
        }
    }

    private void herd(long product) throws InterruptedException {
        cluster.onEveryNode("herd " + product + " " + (System.currentTimeMillis() + RUN_UP.toMillis()));
    }

    /** Those since the last time. */
    private Reads reads() throws Exception {
        return Reads.merge(cluster.onEveryNode("reads"));
    }
}
