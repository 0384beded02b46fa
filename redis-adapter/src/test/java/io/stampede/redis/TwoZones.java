package io.stampede.redis;

import io.stampede.redis.testing.FaultProxy;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Two zones, {@code a} and {@code b}, and the nodes in them. */
final class TwoZones implements AutoCloseable {

    /** Those who are gone are missed sooner than in earnest. */
    static final ZoneTimes TIMES =
            new ZoneTimes(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));

    final RedisServer a = RedisServer.start();
    final RedisServer b = RedisServer.start();
    final String cache = "zones-" + Samples.token();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<RedisZones, List<RedisTier>> connections = new IdentityHashMap<>();

    RedisServer server(String zone) {
        return zone.equals("a") ? a : b;
    }

    /** A node's connection. */
    RedisZones in(String zone) {
        return node(zone, a.uri(), b.uri());
    }

    /** A node whose way to the second zone is the proxy's. */
    RedisZones inFirst(FaultProxy toSecond) {
        return node("a", a.uri(), toSecond.uri());
    }

    private RedisZones node(String own, String uriOfA, String uriOfB) {
        RedisTier tierA = closed(RedisTier.connect(uriOfA));
        RedisTier tierB = closed(RedisTier.connect(uriOfB));
        RedisZones node = closed(new RedisZones(
                List.of(new Zone("a", tierA, tierA::marks), new Zone("b", tierB, tierB::marks)),
                own,
                TIMES,
                List.of()));
        connections.put(node, List.of(tierA, tierB));
        return node;
    }

    /** The node says nothing more from now on, be it under way with something or not. */
    void end(RedisZones node) {
        connections.getOrDefault(node, List.of()).forEach(RedisTier::close);
    }

    private <C extends AutoCloseable> C closed(C resource) {
        open.add(resource);
        return resource;
    }

    RemoteTier tier(RemoteConnection node) {
        return node.tier(new RemoteNamespace(cache, Samples.token()));
    }

    @Override
    public void close() throws Exception {
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            each.close();
        }
        a.close();
        b.close();
    }
}
