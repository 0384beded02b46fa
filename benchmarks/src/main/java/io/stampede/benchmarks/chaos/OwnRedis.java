package io.stampede.benchmarks.chaos;

import io.lettuce.core.RedisURI;
import io.stampede.redis.testing.FaultProxy;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The Redis of whoever runs the drill, which is broken from a client's side only, each node behind a network of its own. */
final class OwnRedis extends Topology {

    private final String uri;
    private final Administrator administrator;
    private final List<FaultProxy> ways;

    OwnRedis(String uri, int nodes, String nodesName) {
        this.uri = uri;
        administrator = new Administrator(uri, nodesName);
        RedisURI to = RedisURI.create(uri);
        ways = Stream.generate(() -> FaultProxy.to(to.getHost(), to.getPort()))
                .limit(nodes)
                .toList();
        suffers(Arrays.asList(NetworkFault.values()), ways);
        suffers(Arrays.asList(ClientFault.values()), administrator);
    }

    @Override
    Address address(int node) {
        return Address.of(through(ways.get(node), uri));
    }

    /** User, password and database stay. */
    private static String through(FaultProxy way, String uri) {
        URI given = URI.create(uri);
        String who = given.getRawUserInfo() == null ? "" : given.getRawUserInfo() + "@";
        String path = given.getRawPath() == null ? "" : given.getRawPath();
        return given.getScheme() + "://" + who + way.host() + ":" + way.port() + path;
    }

    @Override
    String description() {
        RedisURI to = RedisURI.create(uri);
        return "the Redis at " + to.getHost() + ":" + to.getPort();
    }

    @Override
    public void close() {
        administrator.close();
        ways.forEach(FaultProxy::close);
    }
}
