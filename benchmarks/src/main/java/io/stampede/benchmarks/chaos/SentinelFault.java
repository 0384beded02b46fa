package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;

/** What happens to servers that sentinels watch. */
enum SentinelFault implements RedisFault<WithSentinels> {
    PRIMARY_KILLED("the primary is killed") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            where.breaks(where.redis().primary()).kill();
        }

        @Override
        public void end(WithSentinels where) {
            where.broken().restart();
            where.redis().awaitReplica(where.broken());
        }
    },
    PRIMARY_HUNG("the primary hangs") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            where.breaks(where.redis().primary()).pause();
        }

        @Override
        public void end(WithSentinels where) {
            where.redis().awaitPrimaryOtherThan(where.broken());
            where.broken().resume();
            where.redis().awaitReplica(where.broken());
        }
    },
    SPLIT_BRAIN("a split brain: the replaced primary goes on") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            RedisServer old = where.breaks(where.redis().primary());
            where.redis().holdDemotions();
            old.pause();
            where.redis().awaitPrimaryOtherThan(old);
            old.resume();
        }

        @Override
        public void end(WithSentinels where) {
            where.redis().allowDemotions();
            where.redis().awaitReplica(where.broken());
        }

        @Override
        public boolean lasts() {
            return true;
        }
    },
    PLANNED_FAILOVER("a planned failover") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            where.breaks(where.redis().primary());
            where.redis().failOver();
        }

        @Override
        public void end(WithSentinels where) {
            where.redis().awaitReplica(where.broken());
        }
    },
    LAST_WRITES_LOST("the primary is killed, its replicas have missed its last writes") {
        @Override
        public void begin(WithSentinels where, Duration length) throws InterruptedException {
            RedisServer old = where.breaks(where.redis().primary());
            List<RedisServer> replicas = where.redis().pauseReplicas();
            replicas.get(1).kill(); // a sentinel that has not noticed the pause yet might promote that one
            Pauses.spend(Duration.ofMillis(300));
            old.kill();
            replicas.get(0).resume();
        }

        @Override
        public void end(WithSentinels where) {
            where.redis().awaitPrimaryOtherThan(where.broken());
            for (RedisServer server : where.redis().replicas()) {
                server.restart();
                where.redis().awaitReplica(server);
            }
        }
    },
    SENTINEL_KILLED("a sentinel is killed") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            where.redis().sentinels().get(0).kill();
        }

        @Override
        public void end(WithSentinels where) {
            where.redis().restartSentinel(where.redis().sentinels().get(0));
        }

        @Override
        public boolean lasts() {
            return true;
        }
    },
    PRIMARY_CLIENTS_KILLED("the primary closes all connections") {
        @Override
        public void begin(WithSentinels where, Duration length) {
            where.redis().primary().command("CLIENT", "KILL", "TYPE", "pubsub");
            where.redis().primary().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        }

        @Override
        public void end(WithSentinels where) {}
    };

    private final String title;

    SentinelFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    /** A second until all have left the old primary, and one more until the new one has been told again what it may lack. */
    @Override
    public Duration bound(Duration suspectAfter, Duration length) {
        return suspectAfter.plusSeconds(2);
    }

    @Override
    public boolean lasts() {
        return false;
    }
}
