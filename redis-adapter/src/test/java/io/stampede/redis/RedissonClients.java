package io.stampede.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Clients as an application has them, small enough to have several in a test. Closes what it has opened. */
final class RedissonClients implements AutoCloseable {

    private final Supplier<Config> topology;
    private final List<RedissonTier> tiers = new ArrayList<>();
    private final List<RedissonClient> clients = new ArrayList<>();

    /**
     * Of any topology.
     *
     * @param topology a new configuration that names the servers
     */
    RedissonClients(Supplier<Config> topology) {
        this.topology = topology;
    }

    static RedissonClients of(String uri) {
        return new RedissonClients(() -> oneServer(uri));
    }

    static Config oneServer(String uri) {
        Config config = new Config();
        config.useSingleServer().setAddress(uri).setConnectionMinimumIdleSize(2).setConnectionPoolSize(16);
        return config;
    }

    RedissonClient open() {
        RedissonClient client =
                Redisson.create(topology.get().setThreads(2).setNettyThreads(2).setLazyInitialization(true));
        clients.add(client);
        return client;
    }

    RedissonTier connect() {
        return closedLater(RedissonTier.of(open()));
    }

    RedissonTier connectWithoutLocks() {
        return closedLater(RedissonTier.withoutLocks(open()));
    }

    private RedissonTier closedLater(RedissonTier tier) {
        tiers.add(tier);
        return tier;
    }

    @Override
    public void close() {
        tiers.forEach(RedissonTier::close);
        clients.forEach(RedissonClient::shutdown);
    }
}
