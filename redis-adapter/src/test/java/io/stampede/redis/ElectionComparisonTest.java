package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.StampedeCache;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Who should elect the rebuilder: the claim script by itself, or Redisson's lock in front of it? All in one run, in turns,
 * on one server; OPERATIONS.md has the table that this prints. Times are those of the machine and are not asserted:
 * compare them with each other. The script over Redisson's connections, without its lock, tells the price of the lock
 * from that of the client.
 */
@Tag("long")
class ElectionComparisonTest {

    private static final int TURNS = 10;
    private static final int MISSES = 200;
    private static final int RACES = 30;
    private static final int WAKE_UPS = 30;
    private static final int KILLS = 3;
    private static final Duration SHORT_LEASE = Duration.ofMillis(700);
    private static final String CACHE = "compared";

    /** How the primary is lost, here by one that comes back with nothing: where there are replicas, a real failover. */
    private static final Consumer<RedisServer> FAILOVER = RedisServer::restart;

    /** The ways to elect, and the clients for them. */
    private enum Way {
        SCRIPT_WITH_LETTUCE("the script, Lettuce") {
            @Override
            RemoteConnection connect(Clients clients) {
                RedisTier tier = RedisTier.connect(clients.uri);
                clients.lettuce.add(tier);
                return tier;
            }
        },
        SCRIPT_WITH_REDISSON("the script, Redisson") {
            @Override
            RemoteConnection connect(Clients clients) {
                return clients.redisson.connectWithoutLocks();
            }
        },
        LOCK("Redisson's lock") {
            @Override
            RemoteConnection connect(Clients clients) {
                return clients.redisson.connect();
            }
        };

        final String title;

        Way(String title) {
            this.title = title;
        }

        abstract RemoteConnection connect(Clients clients);
    }

    private static final class Clients implements AutoCloseable {

        final String uri;
        final RedissonClients redisson;
        final List<RedisTier> lettuce = new ArrayList<>();

        Clients(RedisServer server) {
            uri = server.uri();
            redisson = RedissonClients.of(uri);
        }

        @Override
        public void close() {
            lettuce.forEach(RedisTier::close);
            redisson.close();
        }
    }

    @Test
    void whatTheLockCostsAndWhatItIsWorth() throws Exception {
        List<Contender> contenders = new ArrayList<>();
        try (RedisServer redis = RedisServer.startEmbedded();
                Clients clients = new Clients(redis)) {
            try {
                for (Way way : Way.values()) {
                    contenders.add(new Contender(way.title, way.connect(clients), way.connect(clients)));
                }
                try (SentCommands sent = new SentCommands(redis)) {
                    for (Contender each : contenders) {
                        each.countCommands(sent);
                    }
                }
                for (int turn = -1; turn < TURNS; turn++) {
                    for (Contender each : contenders) {
                        each.misses();
                        each.races();
                        each.wakeUps();
                        if (turn < 0) {
                            each.forgetTimes(); // they were the JIT's
                        }
                    }
                }
            } finally {
                contenders.forEach(Contender::close);
            }
        }
        contenders.forEach(each -> each.print(contenders.get(0)));
        assertThat(contenders).extracting(each -> each.before).containsExactly(2, 2, 3);
        assertThat(contenders).extracting(each -> each.inAll).containsExactly(3, 3, 6);
    }

    @Test
    void whatHappensToAKeyWhoseHolderIsKilled() throws Exception {
        for (boolean locked : new boolean[] {false, true}) {
            List<Long> millis = new ArrayList<>();
            for (int kill = 0; kill < KILLS; kill++) {
                millis.add(killed(locked));
            }
            System.out.printf(
                    "%-22s holder killed, lease TTL %d ms: another node had loaded after %s ms%n",
                    (locked ? Way.LOCK : Way.SCRIPT_WITH_LETTUCE).title, SHORT_LEASE.toMillis(), millis);
        }
    }

    private static long killed(boolean locked) throws Exception {
        try (RedisServer redis = RedisServer.startEmbedded();
                Clients clients = new Clients(redis);
                NodeProcess victim = locked
                        ? NodeProcess.withRedisson(redis.uri(), SHORT_LEASE)
                        : new NodeProcess(redis.uri(), SHORT_LEASE);
                StampedeCache<String, String> survivor = NodeProcess.cache(
                        (locked ? Way.LOCK : Way.SCRIPT_WITH_LETTUCE).connect(clients), SHORT_LEASE)) {
            victim.order("load key never");
            victim.answer();
            victim.kill();
            long killed = System.nanoTime();
            survivor.get("key", key -> "value");
            return millisSince(killed);
        }
    }

    @Test
    void whatHappensToALoadDuringAFailover() throws Exception {
        for (Way way : Way.values()) {
            AtomicInteger loads = new AtomicInteger();
            CountDownLatch loading = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            ExecutorService holder = Executors.newSingleThreadExecutor();
            try (RedisServer redis = RedisServer.startEmbedded();
                    Clients clients = new Clients(redis);
                    StampedeCache<String, String> one = NodeProcess.cache(way.connect(clients), Duration.ofSeconds(2));
                    StampedeCache<String, String> other =
                            NodeProcess.cache(way.connect(clients), Duration.ofSeconds(2))) {
                Future<String> first = holder.submit(() -> one.get("key", key -> {
                    loads.incrementAndGet();
                    loading.countDown();
                    go.await();
                    return "first";
                }));
                loading.await();
                FAILOVER.accept(redis);
                long since = System.nanoTime();
                String value = other.get("key", key -> "load " + loads.incrementAndGet());
                long served = millisSince(since);
                go.countDown();
                first.get(30, TimeUnit.SECONDS);
                eventually().until(() -> isUp(one) && isUp(other));
                System.out.printf(
                        "%-22s failover during a load: another node had \"%s\" after %d ms, both were up after %d ms;"
                                + " %d loads%n",
                        way.title, value, served, millisSince(since), loads.get());
                assertThat(loads.get()).isEqualTo(2);
            } finally {
                holder.shutdownNow();
            }
        }
    }

    private static boolean isUp(StampedeCache<?, ?> cache) {
        return cache.deepHealth().status() == Health.Status.UP;
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static long percentile(List<Long> values, double share) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(share * sorted.size())));
    }

    /** Two nodes with the same way to elect, and what was measured of it. */
    private static final class Contender implements AutoCloseable {

        private final String name;
        private final AtomicInteger claimsOfOther = new AtomicInteger();
        private final StampedeCache<Integer, String> one;
        private final StampedeCache<Integer, String> other;
        private final ExecutorService second = Executors.newSingleThreadExecutor();
        private final Map<String, List<Long>> nanos = new TreeMap<>();
        private Map<String, Integer> commands = Map.of();
        private int nextKey;
        int before;
        int inAll;

        Contender(String name, RemoteConnection one, RemoteConnection other) {
            this.name = name;
            this.one = cache(one, new CacheListener() {});
            this.other = cache(other, new CacheListener() {
                @Override
                public void onRemote(String operation, long nanos, boolean answered) {
                    if (operation.equals("claim")) {
                        claimsOfOther.incrementAndGet();
                    }
                }
            });
        }

        private StampedeCache<Integer, String> cache(RemoteConnection connection, CacheListener listener) {
            StampedeCache<Integer, String> cache = StampedeCache.<Integer, String>builder(
                            CACHE + "-" + name.replaceAll("\\W", "-"))
                    .ttl(Duration.ofMinutes(10))
                    .remoteTimeout(Duration.ofSeconds(20))
                    .leaseTtl(Duration.ofSeconds(30))
                    .suspectAfter(Duration.ofHours(1)) // which nobody proves here
                    .environment(new WithoutHeartbeat(Environment.system(CACHE)))
                    .listener(listener)
                    .remote(connection, Codec.strings())
                    .build();
            eventually().until(() -> cache.deepHealth().status() == Health.Status.UP);
            return cache;
        }

        void countCommands(SentCommands sent) throws InterruptedException {
            one.get(nextKey++, key -> "the scripts are known from here on");
            sentWhenSettled(sent);
            sent.forget();
            one.get(nextKey++, key -> {
                before = sentWhenSettled(sent);
                return "value";
            });
            inAll = sentWhenSettled(sent);
            commands = sent.counts();
        }

        /** With what goes on behind a load's back. */
        private static int sentWhenSettled(SentCommands sent) throws InterruptedException {
            int count;
            do {
                count = sent.total();
                Threads.spend(300);
            } while (sent.total() != count);
            return count;
        }

        private void time(String what, long since) {
            nanos.computeIfAbsent(what, any -> new ArrayList<>()).add(System.nanoTime() - since);
        }

        void forgetTimes() {
            nanos.clear();
        }

        /** One caller, keys that nobody else asks for. */
        void misses() {
            for (int miss = 0; miss < MISSES; miss++) {
                long since = System.nanoTime();
                one.get(nextKey++, key -> "value");
                time("1 cold miss", since);
            }
        }

        /** Both nodes ask for a key at once: until both have it. */
        void races() throws Exception {
            for (int race = 0; race < RACES; race++) {
                int key = nextKey++;
                CyclicBarrier start = new CyclicBarrier(2);
                Future<?> others = second.submit(() -> {
                    start.await();
                    other.get(key, any -> "value");
                    return null;
                });
                start.await();
                long since = System.nanoTime();
                one.get(key, any -> "value");
                others.get(30, TimeUnit.SECONDS);
                time("2 asked for by two nodes at once", since);
            }
        }

        /** From the end of the load to the answer of one who waits on the other node. */
        void wakeUps() throws Exception {
            for (int wakeUp = 0; wakeUp < WAKE_UPS; wakeUp++) {
                int key = nextKey++;
                CountDownLatch loading = new CountDownLatch(1);
                CountDownLatch go = new CountDownLatch(1);
                int claims = claimsOfOther.get();
                Future<String> holders = second.submit(() -> one.get(key, any -> {
                    loading.countDown();
                    go.await();
                    return "value";
                }));
                loading.await();
                Future<Long> waiters = Executors.newSingleThreadExecutor().submit(() -> {
                    other.get(key, any -> "another");
                    return System.nanoTime();
                });
                eventually().until(() -> claimsOfOther.get() > claims);
                long loaded = System.nanoTime();
                go.countDown();
                long woken = waiters.get(30, TimeUnit.SECONDS);
                nanos.computeIfAbsent("3 wake-up of a waiter", any -> new ArrayList<>())
                        .add(woken - loaded);
                holders.get(30, TimeUnit.SECONDS);
            }
        }

        void print(Contender base) {
            System.out.printf(
                    "%-22s %d round trips before the loader, %d commands in all %s%n", name, before, inAll, commands);
            nanos.forEach((what, values) -> System.out.printf(
                    "%-22s %-34s p50 %6d us (x %.2f), p99 %6d us (x %.2f), n=%d%n",
                    name,
                    what.substring(2),
                    percentile(values, 0.5) / 1_000,
                    (double) percentile(values, 0.5) / percentile(base.nanos.get(what), 0.5),
                    percentile(values, 0.99) / 1_000,
                    (double) percentile(values, 0.99) / percentile(base.nanos.get(what), 0.99),
                    values.size()));
        }

        @Override
        public void close() {
            one.close();
            other.close();
            second.shutdownNow();
        }
    }
}
