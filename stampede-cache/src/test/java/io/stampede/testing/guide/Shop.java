package io.stampede.testing.guide;

import io.stampede.testing.SimulatedCluster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The source in TESTING.md: as slow as the real one, counted, and out of order when a test says so. */
class Shop {

    private final SimulatedCluster cluster;
    int reads;
    boolean outOfOrder;

    Shop(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    String name(long id) throws InterruptedException {
        reads++;
        cluster.sleep(Duration.ofMillis(200));
        return answer(id);
    }

    CompletableFuture<String> nameLater(long id) {
        reads++;
        return cluster.after(Duration.ofMillis(200), () -> answer(id));
    }

    private String answer(long id) {
        if (outOfOrder) {
            throw new IllegalStateException("the shop is out of order");
        }
        return "product " + id;
    }
}
