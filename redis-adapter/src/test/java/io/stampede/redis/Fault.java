package io.stampede.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;

/** What can be wrong with Redis or the way to it. What happens once, and does not last, happens at both ends. */
enum Fault {
    NONE("none") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {}

        @Override
        void end(FaultyCluster cluster) {}
    },
    REFUSED("Redis refuses connections") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.network.refuse();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.network.pass();
        }
    },
    HUNG("Redis hangs") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.server.pause();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.server.resume();
        }
    },
    KILLED("Redis is killed and comes back empty") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.server.kill();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.server.restart();
        }
    },
    PAUSED("CLIENT PAUSE") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().clientPause(length.toMillis());
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().ping(); // is answered when the pause is over
        }
    },
    SLOW("200 ms of latency, there and back") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.network.delay(Duration.ofMillis(100));
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.network.pass();
        }
    },
    GARBAGE("garbage in front of each answer") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            byte[] garbage = "\0\u0001\u0002 HTTP/1.1 400 Bad Request\r\n".getBytes(US_ASCII);
            cluster.network.inject(garbage);
            cluster.network.garble(garbage);
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.network.pass();
        }
    },
    FULL("OOM: Redis has no memory left") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().configSet("maxmemory-policy", "noeviction");
            cluster.redis().configSet("maxmemory", "1");
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().configSet("maxmemory", "0");
        }
    },
    ALONE("NOREPLICAS: Redis misses its replicas") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().configSet("min-replicas-to-write", "1");
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().configSet("min-replicas-to-write", "0");
        }
    },
    BUSY("BUSY: an endless script") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().configSet("lua-time-limit", "100"); // until then Redis is silent and can't be told to stop
            cluster.another().runEndlessScript();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().scriptKill();
        }
    },
    FLUSHED("FLUSHALL") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().flushall();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().flushall();
        }
    },
    SCRIPTS_FLUSHED("SCRIPT FLUSH") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.redis().scriptFlush();
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().scriptFlush();
        }
    },
    LOCKED_OUT("another password, all clients disconnected") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            RedisCommands<byte[], byte[]> redis = cluster.redis();
            redis.configSet("requirepass", "changed");
            redis.clientKill(KillArgs.Builder.typePubsub());
            redis.clientKill(KillArgs.Builder.typeNormal().skipme());
        }

        @Override
        void end(FaultyCluster cluster) {
            cluster.redis().configSet("requirepass", "");
        }
    },
    HALF_OPEN("connections fall silent, new ones work") {
        @Override
        void begin(FaultyCluster cluster, Duration length) {
            cluster.network.silenceOpen();
        }

        @Override
        void end(FaultyCluster cluster) {}
    };

    private final String text;

    Fault(String text) {
        this.text = text;
    }

    /** Returns when the fault is there; one that ends by itself does so after this time. */
    abstract void begin(FaultyCluster cluster, Duration length);

    /** Returns when the fault is gone. */
    abstract void end(FaultyCluster cluster);

    @Override
    public String toString() {
        return text;
    }
}
