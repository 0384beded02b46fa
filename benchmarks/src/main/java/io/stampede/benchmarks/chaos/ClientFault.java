package io.stampede.benchmarks.chaos;

import java.time.Duration;

/** What any client may ask of Redis, to the harm of others. */
enum ClientFault implements RedisFault<Administrator> {
    CLIENT_PAUSE("CLIENT PAUSE: Redis answers nobody") {
        @Override
        public void begin(Administrator redis, Duration length) {
            redis.pauseAll(length);
        }

        @Override
        public void end(Administrator redis) {
            redis.awaitAnswer();
        }
    },
    CLIENT_KILL("CLIENT KILL of all nodes' connections") {
        @Override
        public void begin(Administrator redis, Duration length) {
            redis.killNodes();
        }

        @Override
        public void end(Administrator redis) {}

        @Override
        public boolean lasts() {
            return false;
        }
    };

    private final String title;

    ClientFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }
}
