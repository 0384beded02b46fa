package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.BulkLoader;
import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.KeyCodec;
import io.stampede.Loader;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One cache hangs, beside nine on the same {@link RedisTier}: no call of the nine waits for a permit, a thread or a
 * connection that the tenth holds. Nothing here is timed. The tenth hangs until the nine have done all there is to do,
 * and what they needed for it is counted.
 */
class NineOfTenTest {

    private static final int CALLERS = 64;
    private static final String TENTH = "tenth";
    private static final Duration A_DAY = Duration.ofHours(24);

    private final RedisServer server = RedisServer.start();
    private final RedisAdmin admin = new RedisAdmin(server.uri());
    private final RedisTier tier = RedisTier.connect(server.uri());
    private final RedisTier elsewhere = RedisTier.connect(server.uri());
    private final Hang hang = new Hang();
    private final List<One> nine =
            IntStream.range(1, 10).mapToObj(i -> new One("nine-" + i)).toList();
    private final ExecutorService ninesCallers = pool("nines-caller");
    private final ExecutorService tenthsCallers = pool("tenths-caller");
    private final List<CompletableFuture<?>> tenthsCalls = new ArrayList<>();

    @AfterEach
    void close() {
        hang.end.countDown();
        nine.forEach(One::close);
        tenthsCallers.shutdownNow();
        ninesCallers.shutdownNow();
        tier.close();
        elsewhere.close();
        admin.close();
        server.close();
    }

    private static ExecutorService pool(String name) {
        return Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Where threads of the tenth cache stop until the nine are done. */
    private static final class Hang {

        private final CountDownLatch end = new CountDownLatch(1);
        private final AtomicInteger hanging = new AtomicInteger();
        private volatile boolean on;

        <T> T through(T value) {
            if (on) {
                hanging.incrementAndGet();
                boolean interrupted = false;
                while (end.getCount() > 0) {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
                hanging.decrementAndGet();
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            return value;
        }

        void awaitHanging(int threads) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(hanging).hasValue(threads));
        }
    }

    /** What one of the nine has needed. */
    private static final class Needs implements CacheListener {

        final Set<String> threads = ConcurrentHashMap.newKeySet();
        final Map<Source, AtomicInteger> reads = new EnumMap<>(Source.class);
        final AtomicInteger loads = new AtomicInteger();
        final AtomicInteger troubles = new AtomicInteger();

        Needs() {
            for (Source source : Source.values()) {
                reads.put(source, new AtomicInteger());
            }
        }

        int reads(Source... sources) {
            return List.of(sources).stream()
                    .mapToInt(source -> reads.get(source).get())
                    .sum();
        }

        void seen() {
            threads.add(Thread.currentThread().getName());
        }

        @Override
        public void onRead(Source source) {
            seen();
            reads.get(source).incrementAndGet();
        }

        @Override
        public void onReadFailed(Throwable failure) {
            troubles.incrementAndGet();
        }

        @Override
        public void onLoad(LoadEnd end, long nanos) {
            seen();
            (end == LoadEnd.VALUE ? loads : troubles).incrementAndGet();
        }

        @Override
        public void onRejected() {
            troubles.incrementAndGet();
        }

        @Override
        public void onRemote(String operation, long nanos, boolean answered) {
            seen();
            if (!answered) {
                troubles.incrementAndGet();
            }
        }
    }

    /** One of the nine: here, where the tenth hangs, and on another node. It has one permit, which no other may take. */
    private final class One implements AutoCloseable {

        final String name;
        final Needs needs = new Needs();
        final StampedeCache<Integer, String> here;
        final StampedeCache<Integer, String> there;
        final int before;

        One(String name) {
            this.name = name;
            Codec<String> codec = new WatchedCodec(Codec.strings(), value -> {
                needs.seen();
                return value;
            });
            this.here = cache(tier, codec, needs);
            this.there = cache(elsewhere, Codec.strings(), new CacheListener() {});
            this.before = needs.troubles.get();
        }

        private StampedeCache<Integer, String> cache(RedisTier on, Codec<String> codec, CacheListener listener) {
            StampedeCache<Integer, String> cache = StampedeCache.<Integer, String>builder(name)
                    .ttl(Duration.ofMinutes(10))
                    .earlyRefresh(0)
                    .remoteTimeout(Duration.ofSeconds(20))
                    .maxConcurrentLoads(1)
                    .listener(listener)
                    .remote(on, codec)
                    .build();
            cache.getIfPresent(0); // waits for the first heartbeat
            return cache;
        }

        private String loadOn(String thread, Integer key) {
            needs.seen();
            assertThat(Thread.currentThread().getName()).startsWith(thread);
            return "loaded " + key;
        }

        private String never(Integer key) {
            throw new AssertionError("no load was expected of " + key);
        }

        /** A bit of everything. */
        Void work() throws Exception {
            Loader<Integer, String> own = key -> loadOn("nines-caller", key);
            assertThat(here.get(1, own)).isEqualTo("loaded 1");
            assertThat(here.get(1, this::never)).isEqualTo("loaded 1");

            assertThat(here.put(2, "put")).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(here.get(2, this::never)).isEqualTo("put");

            String ownThreads = "stampede-" + name + "-";
            assertThat(here.getAsync(3, key -> CompletableFuture.completedFuture(loadOn(ownThreads, key)))
                            .get(60, TimeUnit.SECONDS))
                    .isEqualTo("loaded 3");

            BulkLoader<Integer, String> ownOfMany =
                    keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> loadOn("nines-caller", key)));
            assertThat(here.getAll(List.of(4, 5), ownOfMany)).containsOnlyKeys(4, 5);

            there.put(6, "of L2");
            assertThat(here.get(6, this::never)).isEqualTo("of L2");

            assertThat(here.invalidate(1)).isEqualTo(WriteResult.EVERYWHERE);
            assertThat(here.get(1, own)).isEqualTo("loaded 1");

            there.put(2, "newer");
            await("what another node writes is heard of")
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(here.getIfPresent(2)).isEqualTo("newer"));
            return null;
        }

        void assertUndisturbed() {
            assertThat(needs.troubles.get() - before)
                    .as("%s: rejected, unanswered or failed", name)
                    .isZero();
            assertThat(needs.loads).as("%s: loads", name).hasValue(5);
            assertThat(needs.reads(Source.STALE, Source.SUSPECT, Source.FALLBACK))
                    .as("%s: makeshifts", name)
                    .isZero();
            assertThat(needs.threads)
                    .as("%s: threads", name)
                    .isNotEmpty()
                    .noneMatch(thread -> thread.contains("tenth"))
                    .allMatch(thread -> !thread.startsWith("stampede-") || thread.startsWith("stampede-" + name + "-"));
        }

        @Override
        public void close() {
            here.close();
            there.close();
        }
    }

    /** A codec whose values pass through somewhere. */
    private record WatchedCodec(Codec<String> codec, Function<String, String> via) implements Codec<String> {

        @Override
        public byte[] encode(String value) throws Exception {
            return codec.encode(via.apply(value));
        }

        @Override
        public String decode(ByteBuffer bytes) throws Exception {
            return via.apply(codec.decode(bytes));
        }

        @Override
        public String schemaId() {
            return codec.schemaId();
        }
    }

    private StampedeCache<Integer, String> tenth(
            RedisTier on, Codec<String> codec, KeyCodec<Integer> keys, CacheListener listener) {
        StampedeCache<Integer, String> cache = StampedeCache.<Integer, String>builder(TENTH)
                .ttl(Duration.ofMinutes(10))
                .earlyRefresh(0)
                .remoteTimeout(Duration.ofSeconds(20))
                .loaderDeadline(A_DAY)
                .maxLoadWait(A_DAY)
                .listener(listener)
                .keyCodec(keys)
                .remote(on, codec)
                .build();
        cache.getIfPresent(0);
        return cache;
    }

    private static final KeyCodec<Integer> KEYS = KeyCodec.of(Object::toString, Integer::valueOf);
    private static final CacheListener NOBODY = new CacheListener() {};

    private void tenthCalls(int times, Callable<?> call) {
        for (int i = 0; i < times; i++) {
            CompletableFuture<Object> result = new CompletableFuture<>();
            tenthsCallers.execute(() -> {
                try {
                    result.complete(call.call());
                } catch (Throwable t) {
                    result.completeExceptionally(t);
                }
            });
            tenthsCalls.add(result);
        }
    }

    /** All that the nine have to do gets done while the tenth hangs, by that many threads of its own. */
    private void assertTheNineGoOn(int hanging) throws Exception {
        assertTheNineGoOn(hanging, hang.end::countDown);
    }

    private void assertTheNineGoOn(int hanging, Runnable end) throws Exception {
        hang.awaitHanging(hanging);
        long connections = admin.otherClients();
        List<CompletableFuture<Void>> works = new ArrayList<>();
        for (One one : nine) {
            CompletableFuture<Void> work = new CompletableFuture<>();
            ninesCallers.execute(() -> {
                try {
                    work.complete(one.work());
                } catch (Throwable t) {
                    work.completeExceptionally(t);
                }
            });
            works.add(work);
        }
        for (CompletableFuture<Void> work : works) {
            work.get(90, TimeUnit.SECONDS);
        }
        assertThat(hang.hanging).as("threads of the tenth that hang").hasValue(hanging);
        assertThat(tenthsCalls).as("calls of the tenth").noneMatch(CompletableFuture::isDone);
        assertThat(connections)
                .as("two connections of each node, whatever hangs")
                .isEqualTo(4);
        assertThat(admin.otherClients()).isEqualTo(connections);
        nine.forEach(One::assertUndisturbed);

        hang.on = false;
        end.run();
        for (CompletableFuture<?> call : tenthsCalls) {
            call.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void aLoaderThatHangs() throws Exception {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        AtomicInteger keys = new AtomicInteger();
        Function<Integer, String> load = key -> {
            threads.add(Thread.currentThread().getName());
            return hang.through("loaded " + key);
        };
        try (var tenth = tenth(tier, Codec.strings(), KEYS, NOBODY)) {
            hang.on = true;
            tenthCalls(CALLERS, () -> tenth.get(keys.incrementAndGet(), load::apply));
            for (int i = 0; i < CALLERS; i++) {
                tenthsCalls.add(tenth.getAsync(
                        keys.incrementAndGet(), key -> CompletableFuture.completedFuture(load.apply(key))));
            }
            tenthCalls(
                    CALLERS / 4,
                    () -> tenth.getAll(
                            List.of(keys.incrementAndGet(), keys.incrementAndGet()),
                            all -> all.stream().collect(Collectors.toMap(key -> key, load))));
            assertTheNineGoOn(CALLERS); // as many as it has permits; the others are in line
            assertThat(threads)
                    .as("its callers' threads and its own")
                    .allMatch(thread -> thread.equals("tenths-caller") || thread.startsWith("stampede-" + TENTH + "-"));
        }
    }

    @Test
    void aSourceThatNeverCompletesItsFutures() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<String> never = new CompletableFuture<>();
        try (var tenth = tenth(tier, Codec.strings(), KEYS, NOBODY)) {
            for (int key = 1; key <= 4 * CALLERS; key++) {
                tenthsCalls.add(tenth.getAsync(key, any -> {
                    begun.incrementAndGet();
                    return never;
                }));
            }
            await().untilAsserted(() -> assertThat(begun).hasValue(CALLERS));
            assertTheNineGoOn(0, () -> never.complete("late"));
        }
    }

    @Test
    void aCodecThatHangsWhileItReads() throws Exception {
        Codec<String> codec = new WatchedCodec(Codec.strings(), hang::through);
        AtomicInteger keys = new AtomicInteger();
        try (var there = tenth(elsewhere, Codec.strings(), KEYS, NOBODY);
                var tenth = tenth(tier, codec, KEYS, NOBODY)) {
            for (int key = 1; key <= 2 * CALLERS; key++) {
                there.put(key, "of L2");
            }
            hang.on = true;
            tenthCalls(CALLERS, () -> tenth.get(keys.incrementAndGet(), key -> "never"));
            for (int i = 0; i < CALLERS; i++) {
                tenthsCalls.add(
                        tenth.getAsync(keys.incrementAndGet(), key -> CompletableFuture.completedFuture("never")));
            }
            assertTheNineGoOn(2 * CALLERS);
        }
    }

    @Test
    void aCodecThatHangsWhileItWrites() throws Exception {
        Codec<String> codec = new WatchedCodec(Codec.strings(), hang::through);
        AtomicInteger keys = new AtomicInteger();
        try (var tenth = tenth(tier, codec, KEYS, NOBODY)) {
            hang.on = true;
            tenthCalls(CALLERS, () -> tenth.put(keys.incrementAndGet(), "put"));
            assertTheNineGoOn(CALLERS);
        }
    }

    @Test
    void aKeyCodecThatHangsForItsCallers() throws Exception {
        KeyCodec<Integer> codec = KeyCodec.of(key -> hang.through(key.toString()), Integer::valueOf);
        AtomicInteger keys = new AtomicInteger();
        try (var tenth = tenth(tier, Codec.strings(), codec, NOBODY)) {
            hang.on = true;
            tenthCalls(CALLERS, () -> tenth.get(keys.incrementAndGet(), key -> "loaded"));
            assertTheNineGoOn(CALLERS);
        }
    }

    @Test
    void aListenerThatHangsWhenItIsToldOfReads() throws Exception {
        CacheListener listener = new CacheListener() {
            @Override
            public void onRead(Source source) {
                hang.through(source);
            }
        };
        AtomicInteger keys = new AtomicInteger();
        try (var tenth = tenth(tier, Codec.strings(), KEYS, listener)) {
            hang.on = true;
            tenthCalls(CALLERS, () -> tenth.get(keys.incrementAndGet(), key -> "loaded"));
            assertTheNineGoOn(CALLERS);
        }
    }
}
