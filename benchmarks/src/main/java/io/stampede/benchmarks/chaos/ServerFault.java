package io.stampede.benchmarks.chaos;

import java.io.IOException;
import java.time.Duration;

/** What happens to one Redis itself. */
enum ServerFault implements RedisFault<Server> {
    HUNG("Redis hangs") {
        @Override
        public void begin(Server server, Duration length) {
            server.redis.pause();
        }

        @Override
        public void end(Server server) {
            server.redis.resume();
        }
    },
    KILLED_EMPTY("Redis is killed and comes back empty") {
        @Override
        public void begin(Server server, Duration length) {
            server.redis.kill();
        }

        @Override
        public void end(Server server) {
            server.redis.restart();
        }
    },
    KILLED_WITH_DATA("Redis is killed and comes back with what it had a second before") {
        @Override
        public void begin(Server server, Duration length) throws InterruptedException {
            server.command("SAVE");
            Pauses.spend(Server.SAVED_BEFORE);
            server.redis.kill();
        }

        @Override
        public void end(Server server) throws IOException {
            server.redis.restart();
            server.deleteSaved();
        }

        /** What was written last before it was killed is told again a second after it is back, as after a failover. */
        @Override
        public Duration bound(Duration suspectAfter, Duration length) {
            return suspectAfter.plus(Server.SAVED_BEFORE).plus(length).plusSeconds(1);
        }
    },
    OOM("OOM: Redis has no memory left") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
            server.command("CONFIG", "SET", "maxmemory", "1");
        }

        @Override
        public void end(Server server) {
            server.command("CONFIG", "SET", "maxmemory", "0");
        }
    },
    READONLY("READONLY: Redis has become a replica") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("REPLICAOF", "127.0.0.1", Server.NOBODYS_PORT);
        }

        @Override
        public void end(Server server) {
            server.command("REPLICAOF", "NO", "ONE");
        }
    },
    MASTERDOWN("MASTERDOWN: a replica that has lost its primary") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("CONFIG", "SET", "replica-serve-stale-data", "no");
            server.command("REPLICAOF", "127.0.0.1", Server.NOBODYS_PORT);
        }

        @Override
        public void end(Server server) {
            server.command("REPLICAOF", "NO", "ONE");
            server.command("CONFIG", "SET", "replica-serve-stale-data", "yes");
        }
    },
    NOREPLICAS("NOREPLICAS: Redis misses its replicas") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("CONFIG", "SET", "min-replicas-to-write", "1");
        }

        @Override
        public void end(Server server) {
            server.command("CONFIG", "SET", "min-replicas-to-write", "0");
        }
    },
    MISCONF("MISCONF: Redis can't write its snapshot") {
        @Override
        public void begin(Server server, Duration length) throws Exception {
            server.failSnapshots();
        }

        @Override
        public void end(Server server) throws IOException {
            server.allowSnapshots();
        }
    },
    LOADING("LOADING: Redis reads its snapshot") {
        @Override
        public void begin(Server server, Duration length) throws Exception {
            server.beginReload(length);
        }

        @Override
        public void end(Server server) throws InterruptedException {
            server.endReload();
        }
    },
    BUSY("BUSY: an endless script") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("CONFIG", "SET", "lua-time-limit", "100"); // until then Redis can't be told to stop it
            server.runEndlessScript();
        }

        @Override
        public void end(Server server) {
            server.command("SCRIPT", "KILL");
        }
    },
    LOCKED_OUT("another password, all clients disconnected") {
        @Override
        public void begin(Server server, Duration length) {
            server.lockOut();
        }

        @Override
        public void end(Server server) {
            server.letIn();
        }
    },
    FLUSHALL("FLUSHALL") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("FLUSHALL");
        }

        @Override
        public void end(Server server) {}

        @Override
        public boolean lasts() {
            return false;
        }
    },
    SCRIPT_FLUSH("SCRIPT FLUSH") {
        @Override
        public void begin(Server server, Duration length) {
            server.command("SCRIPT", "FLUSH");
        }

        @Override
        public void end(Server server) {}

        @Override
        public boolean lasts() {
            return false;
        }
    };

    private final String title;

    ServerFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }
}
