package io.stampede.benchmarks.chaos;

import io.stampede.redis.testing.FaultProxy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** One Redis of the drill's own, each node behind a network of its own. */
final class Standalone extends Topology {

    private final Server server = new Server();
    private final List<FaultProxy> ways;
    private final Administrator administrator;

    Standalone(int nodes, String nodesName) {
        ways = Stream.generate(() -> FaultProxy.to(server.redis)).limit(nodes).toList();
        administrator = new Administrator(server.redis.uri(), nodesName);
        suffers(Arrays.asList(NetworkFault.values()), ways);
        suffers(Arrays.asList(ClientFault.values()), administrator);
        suffers(Arrays.asList(ServerFault.values()), server);
    }

    @Override
    Address address(int node) {
        return Address.of(ways.get(node).uri());
    }

    @Override
    String description() {
        return "Redis " + server.redis.version();
    }

    @Override
    public void close() {
        administrator.close();
        ways.forEach(FaultProxy::close);
        server.close();
    }
}
