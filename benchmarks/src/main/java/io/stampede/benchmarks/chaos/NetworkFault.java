package io.stampede.benchmarks.chaos;

import static io.stampede.redis.testing.FaultProxy.Direction.TO_CLIENT;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.stampede.redis.testing.FaultProxy;
import java.time.Duration;
import java.util.List;

/** What happens on the way between the nodes and one Redis. Each node has a proxy of its own, the first one first. */
enum NetworkFault implements RedisFault<List<FaultProxy>> {
    REFUSED("Redis refuses connections") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(FaultProxy::refuse);
        }
    },
    BLACK_HOLE("nothing comes through") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(FaultProxy::swallow);
        }
    },
    REPLIES_LOST("what Redis answers is lost") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(way -> way.swallow(TO_CLIENT));
        }
    },
    SLOW("200 ms of latency, there and back") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(way -> way.delay(Duration.ofMillis(100)));
        }
    },
    GARBAGE("garbage in front of each answer") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            byte[] garbage = "\0\u0001\u0002 HTTP/1.1 400 Bad Request\r\n".getBytes(US_ASCII);
            ways.forEach(way -> way.inject(garbage));
            ways.forEach(way -> way.garble(garbage));
        }
    },
    CONNECTIONS_CUT("all connections are cut") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(FaultProxy::cut);
        }

        @Override
        public boolean lasts() {
            return false;
        }
    },
    HALF_OPEN("connections fall silent, new ones work") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.forEach(FaultProxy::silenceOpen);
        }

        @Override
        public boolean lasts() {
            return false;
        }
    },
    MESSAGES_LOST("one node gets no messages") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.get(0).dropMessages(Integer.MAX_VALUE);
        }
    },
    ONE_NODE_CUT_OFF("one node can't reach Redis") {
        @Override
        public void begin(List<FaultProxy> ways, Duration length) {
            ways.get(0).swallow();
        }
    };

    private final String title;

    NetworkFault(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public void end(List<FaultProxy> ways) {
        ways.forEach(FaultProxy::pass);
    }
}
