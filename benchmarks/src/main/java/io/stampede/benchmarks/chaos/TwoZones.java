package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.FaultProxy;
import io.stampede.redis.testing.RedisServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis in each of two zones, each node with a network of its own to each. The last node is in the second zone. */
final class TwoZones extends Topology {

    static final int ZONES = 2;

    private final int nodes;
    private final List<RedisServer> servers =
            Stream.generate(() -> RedisServer.startEmbedded()).limit(ZONES).toList();
    /** By node, then by zone. */
    private final List<List<FaultProxy>> ways = new ArrayList<>();

    TwoZones(int nodes) {
        this.nodes = nodes;
        for (int node = 0; node < nodes; node++) {
            ways.add(servers.stream().map(FaultProxy::to).toList());
        }
        suffers(Arrays.asList(ZoneFault.values()), this);
    }

    RedisServer server(int zone) {
        return servers.get(zone);
    }

    Stream<FaultProxy> waysTo(int zone) {
        return ways.stream().map(way -> way.get(zone));
    }

    /** From the nodes of one zone to the Redis of the other. */
    Stream<FaultProxy> waysBetween(int from, int to) {
        return IntStream.range(0, nodes)
                .filter(node -> zoneOf(node) == from)
                .mapToObj(node -> ways.get(node).get(to));
    }

    void pass() {
        ways.forEach(way -> way.forEach(FaultProxy::pass));
    }

    private int zoneOf(int node) {
        return node == nodes - 1 ? 1 : 0;
    }

    @Override
    Address address(int node) {
        return Address.ofZones(
                Address.zone(zoneOf(node)),
                ways.get(node).stream().map(FaultProxy::uri).toList());
    }

    @Override
    String description() {
        return "Redis " + servers.get(0).version() + " in each of 2 zones, 2 nodes in the first and 1 in the second";
    }

    @Override
    public void close() {
        ways.forEach(way -> way.forEach(FaultProxy::close));
        servers.forEach(RedisServer::close);
    }
}
