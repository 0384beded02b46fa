package io.stampede.redis;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A cache on three nodes: instances with connections of their own on one real Redis. They have time for Redis and keep
 * their leases, however busy the machine is, unless a test sets the options otherwise.
 */
final class ThreeNodes implements AutoCloseable {

    static final int COUNT = 3;
    static final String NAME = "three";

    final RedisServer server = RedisServer.start();
    final RedisAdmin admin = new RedisAdmin(server.uri());
    final Told told = new Told();
    private final List<RedisTier> tiers = new ArrayList<>();
    private final List<StampedeCache<Integer, String>> caches = new ArrayList<>();

    ThreeNodes(UnaryOperator<StampedeCacheBuilder<Integer, String>> options) {
        for (int i = 0; i < COUNT; i++) {
            RedisTier tier = RedisTier.connect(server.uri());
            tiers.add(tier);
            StampedeCache<Integer, String> cache = cache(tier, told, options);
            caches.add(cache);
            cache.getIfPresent(0); // waits for the first heartbeat
        }
        told.forget();
    }

    static StampedeCache<Integer, String> cache(
            RedisTier tier, CacheListener listener, UnaryOperator<StampedeCacheBuilder<Integer, String>> options) {
        return options.apply(StampedeCache.<Integer, String>builder(NAME)
                        .ttl(Duration.ofMinutes(10))
                        .remoteTimeout(Duration.ofSeconds(20))
                        .leaseTtl(Duration.ofSeconds(30))
                        .listener(listener)
                        .remote(tier, Codec.strings()))
                .build();
    }

    /** The node of a thread, when threads are spread over the nodes. */
    StampedeCache<Integer, String> node(int thread) {
        return caches.get(thread % COUNT);
    }

    List<StampedeCache<Integer, String>> all() {
        return caches;
    }

    @Override
    public void close() {
        caches.forEach(StampedeCache::close);
        tiers.forEach(RedisTier::close);
        admin.close();
        server.close();
    }

    /** What the nodes' listeners were told, all together. */
    static final class Told implements CacheListener {

        private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

        void forget() {
            counts.clear();
        }

        int reads(Result.Source... sources) {
            return List.of(sources).stream()
                    .mapToInt(source -> of(source.name()))
                    .sum();
        }

        int earlyRefreshes() {
            return of("early refresh");
        }

        int claims() {
            return of("claim");
        }

        int published() {
            return of("publish") - of("publish refused");
        }

        int overdue() {
            return of("overdue");
        }

        int rejected() {
            return of("rejected");
        }

        int failedReads() {
            return of("read failed");
        }

        private int of(String what) {
            AtomicInteger count = counts.get(what);
            return count == null ? 0 : count.get();
        }

        private void count(String what) {
            counts.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public void onRead(Result.Source source) {
            count(source.name());
        }

        @Override
        public void onReadFailed(Throwable failure) {
            count("read failed");
        }

        @Override
        public void onEarlyRefresh() {
            count("early refresh");
        }

        @Override
        public void onPublishRefused() {
            count("publish refused");
        }

        @Override
        public void onRemote(String operation, long nanos, boolean answered) {
            if (answered) {
                count(operation);
            }
        }

        @Override
        public void onLoad(LoadEnd end, long nanos) {
            if (end == LoadEnd.OVERDUE) {
                count("overdue");
            }
        }

        @Override
        public void onRejected() {
            count("rejected");
        }

        @Override
        public String toString() {
            return new TreeMap<>(counts).toString();
        }
    }
}
