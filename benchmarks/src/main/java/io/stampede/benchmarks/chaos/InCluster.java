package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisServer;
import java.util.Arrays;

/** A Redis Cluster of three primaries with a replica each. */
final class InCluster extends Topology {

    /** Of one cache: so many hash tags, which are these numbers. */
    private static final int PARTS = 32;

    private final RedisCluster redis = RedisCluster.start();
    private RedisServer broken = redis.primaryOf(0);

    InCluster() {
        suffers(Arrays.asList(ClusterFault.values()), this);
    }

    RedisCluster redis() {
        return redis;
    }

    /** The server that a fault has begun with, which its end may have to do with. */
    RedisServer broken() {
        return broken;
    }

    RedisServer breaks(RedisServer server) {
        broken = server;
        return server;
    }

    /** The primary of a slot at the border of the parts, which is never moved. */
    RedisServer primary() {
        return redis.primaryOf(0);
    }

    /** Moves some of the slots that the cache lies in, each to another primary. */
    void moveParts(int from, int to) {
        for (int part = from; part < Math.min(to, PARTS); part++) {
            int slot = redis.slotOf(Integer.toString(part));
            RedisServer owner = redis.primaryOf(slot);
            RedisServer next = redis.primaryOf(0) == owner ? redis.primaryOf(16_383) : redis.primaryOf(0);
            redis.moveSlot(slot, next);
            // Else a server that has not been told goes on believing an old owner with a higher epoch.
            next.command("CLUSTER", "BUMPEPOCH");
        }
    }

    @Override
    Address address(int node) {
        return Address.ofCluster(redis.uris());
    }

    @Override
    String description() {
        return "Redis " + broken.version() + ", a cluster of 3 primaries with a replica each";
    }

    @Override
    public void close() {
        redis.close();
    }
}
