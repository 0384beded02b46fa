package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;

import io.lettuce.core.ScriptOutputType;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Redis of this machine that answers, but not as one would like. */
final class SickRedis implements AutoCloseable {

    private static final int NOBODYS_PORT = 1;

    final RedisServer server = RedisServer.startEmbedded("--enable-debug-command", "local");
    private final RedisAdmin admin = new RedisAdmin(server.uri());
    private final RedisAdmin busy = new RedisAdmin(server.uri());

    /** What it answers. */
    enum State {
        OK {
            @Override
            void begin(SickRedis redis) {}

            @Override
            void end(SickRedis redis) {}
        },
        READONLY {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().replicaof("127.0.0.1", NOBODYS_PORT);
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().replicaofNoOne();
            }
        },
        MASTERDOWN {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().configSet("replica-serve-stale-data", "no");
                redis.admin.redis().replicaof("127.0.0.1", NOBODYS_PORT);
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().replicaofNoOne();
            }
        },
        MISCONF {
            @Override
            void begin(SickRedis redis) throws IOException {
                Files.createDirectories(redis.dump().resolve("in the way"));
                redis.admin.redis().configSet("save", "3600 1");
                redis.admin.redis().bgsave();
                eventually()
                        .until(() -> redis.admin.redis().info("persistence").contains("rdb_last_bgsave_status:err"));
            }

            @Override
            void end(SickRedis redis) throws IOException {
                redis.admin.redis().configSet("save", "");
                Files.delete(redis.dump().resolve("in the way"));
                Files.delete(redis.dump());
            }
        },
        OOM {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().configSet("maxmemory-policy", "noeviction");
                redis.admin.redis().configSet("maxmemory", "1");
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().configSet("maxmemory", "0");
            }
        },
        NOREPLICAS {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().configSet("min-replicas-to-write", "1");
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().configSet("min-replicas-to-write", "0");
            }
        },
        NOSCRIPT {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().scriptFlush();
            }

            @Override
            void end(SickRedis redis) {}
        },
        BUSY {
            @Override
            void begin(SickRedis redis) {
                redis.admin.redis().configSet("lua-time-limit", "10");
                redis.busy.runEndlessScript();
                eventually().until(redis::refuses);
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().scriptKill();
            }
        },
        LOADING {
            @Override
            void begin(SickRedis redis) {
                redis.admin
                        .redis()
                        .eval(
                                "for i = 1, 1500 do redis.call('SET', 'filler' .. i, string.rep('x', 500), 'PX', 600000) end",
                                ScriptOutputType.STATUS);
                redis.admin.redis().configSet("loading-process-events-interval-bytes", "1024");
                redis.admin.redis().configSet("key-load-delay", "1000"); // in microseconds
                redis.busy.beginReload();
                eventually().until(redis::refuses);
            }

            @Override
            void end(SickRedis redis) {
                redis.admin.redis().configSet("key-load-delay", "0");
                eventually().until(() -> !redis.refuses());
            }
        };

        /** Returns when it is in this state. */
        abstract void begin(SickRedis redis) throws IOException;

        /** Returns when it is well again. */
        abstract void end(SickRedis redis) throws IOException;
    }

    private Path dump() {
        var redis = admin.redis();
        return Path.of(
                redis.configGet("dir").get("dir"), redis.configGet("dbfilename").get("dbfilename"));
    }

    private boolean refuses() {
        try {
            admin.redis().get(RedisAdmin.bytes("any"));
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    @Override
    public void close() {
        busy.close();
        admin.close();
        server.close();
    }
}
