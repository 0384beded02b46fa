package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.RedisCluster;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;

/** What happens to the servers of a Redis Cluster. */
enum ClusterFault implements RedisFault<InCluster> {
    SHARD_KILLED("a primary is killed") {
        @Override
        public void begin(InCluster where, Duration length) {
            where.breaks(where.primary()).kill();
        }

        @Override
        public void end(InCluster where) {
            where.broken().restart();
            where.redis().awaitOk();
        }
    },
    SHARD_HUNG("a primary hangs") {
        @Override
        public void begin(InCluster where, Duration length) {
            where.breaks(where.primary()).pause();
        }

        @Override
        public void end(InCluster where) {
            where.broken().resume();
            where.redis().awaitOk();
        }
    },
    SHARD_FAILOVER("a planned failover") {
        @Override
        public void begin(InCluster where, Duration length) {
            where.redis().failOver(replica(where));
        }

        @Override
        public void end(InCluster where) {
            where.redis().awaitOk();
        }
    },
    SHARD_SPLIT_BRAIN("a split brain: a primary that hears of no other goes on") {
        @Override
        public void begin(InCluster where, Duration length) {
            RedisServer replica = replica(where);
            where.breaks(where.primary());
            where.redis().cutOffFromPeers(where.broken());
            where.redis().failOver(replica, RedisCluster.FailOver.FORCE);
        }

        @Override
        public void end(InCluster where) {
            where.redis().rejoin(where.broken());
        }

        @Override
        public boolean lasts() {
            return true;
        }

        /** The owners are asked again every 15 s. */
        @Override
        public Duration bound(Duration suspectAfter, Duration length) {
            return suspectAfter.plusSeconds(15);
        }
    },
    SLOTS_MOVE("slots of the cache move") {
        @Override
        public void begin(InCluster where, Duration length) {
            where.moveParts(0, 8);
        }

        @Override
        public void end(InCluster where) {
            where.moveParts(8, 16);
            where.redis().awaitOk();
        }

        @Override
        public boolean lasts() {
            return true;
        }
    },
    REPLICA_KILLED("a replica is killed") {
        @Override
        public void begin(InCluster where, Duration length) {
            where.breaks(replica(where)).kill();
        }

        @Override
        public void end(InCluster where) {
            where.broken().restart();
            where.redis().awaitOk();
        }

        @Override
        public boolean lasts() {
            return true;
        }
    },
    CLUSTER_CLIENTS_KILLED("all servers close all connections") {
        @Override
        public void begin(InCluster where, Duration length) {
            for (RedisServer server : where.redis().nodes()) {
                server.command("CLIENT", "KILL", "TYPE", "pubsub");
                server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            }
        }

        @Override
        public void end(InCluster where) {}
    };

    private final String title;

    ClusterFault(String title) {
        this.title = title;
    }

    private static RedisServer replica(InCluster where) {
        return where.redis().replicasOf(where.primary()).get(0);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean lasts() {
        return false;
    }
}
