package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load on another thread runs in the context of the call that wanted it, and leaves none behind. */
class ContextPropagationTest {

    private static final String KEY = "key";
    private static final String ACCESSOR = "io.stampede.tenant";

    private final ThreadLocal<String> tenant = new ThreadLocal<>();
    private final TestCluster cluster = new TestCluster();
    private final List<String> tenants = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(ACCESSOR, tenant);
        tenant.set("caller");
    }

    @AfterEach
    void close() {
        cluster.close();
        tenant.remove();
        ContextRegistry.getInstance().removeThreadLocalAccessor(ACCESSOR);
    }

    private TestCluster.Node node(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder).staleOnError(TestCluster.TTL));
    }

    private String load(String key) {
        tenants.add(String.valueOf(tenant.get()));
        threads.add(Thread.currentThread());
        return "new";
    }

    private CompletableFuture<String> loadAsync(String key) {
        return CompletableFuture.completedFuture(load(key));
    }

    /** What the loader saw, off this thread. */
    private void assertLoadedInBackground() {
        Threads.until(() -> assertThat(tenants).containsExactly("caller"));
        assertThat(threads).doesNotContain(Thread.currentThread());
    }

    private void assertLoadedHere() {
        assertThat(tenants).containsExactly("caller");
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    private void putStale(TestCluster.Node node) {
        node.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
    }

    @Test
    void anAsynchronousLoad() {
        Threads.value(cluster.node().cache.getAsync(KEY, this::loadAsync));
        assertLoadedInBackground();
    }

    @Test
    void aRefresh() {
        try (var cache = StampedeCache.<String, String>builder("own")
                .ttl(TestCluster.TTL)
                .environment(cluster.time.node(Duration.ZERO))
                .build(this::load)) {
            Threads.value(cache.refresh(KEY));
            assertLoadedInBackground();
        }
    }

    @Test
    void anEarlyRefresh() {
        var a = node(
                builder -> builder.earlyRefresh(1).environment(new EagerMachine(cluster.time.node(Duration.ZERO))));
        a.cache.get(KEY, key -> {
            cluster.time.pass(Duration.ofSeconds(1));
            return "old";
        });
        a.awaitRest();
        cluster.time.pass(TestCluster.TTL.minusSeconds(5));
        assertThat(a.cache.get(KEY, this::load)).isEqualTo("old");
        assertLoadedInBackground();
    }

    @Test
    void theLoadBehindAStaleValueOfL1() {
        var a = node(builder -> builder.staleWhileRevalidate(TestCluster.TTL));
        putStale(a);
        assertThat(a.cache.get(KEY, this::load)).isEqualTo("old");
        assertLoadedInBackground();
    }

    @Test
    void theLoadBehindAStaleValueOfL2() {
        var a = node(builder -> builder.staleWhileRevalidate(TestCluster.TTL));
        putStale(node(builder -> builder.staleWhileRevalidate(TestCluster.TTL)));
        assertThat(a.cache.get(KEY, this::load)).isEqualTo("old");
        assertLoadedInBackground();
    }

    @Test
    void theLoadBehindStaleValuesOfSeveralKeys() {
        var a = node(builder -> builder.staleWhileRevalidate(TestCluster.TTL));
        putStale(a);
        assertThat(a.cache.getAll(List.of(KEY), keys -> Map.of(KEY, load(KEY)))).containsEntry(KEY, "old");
        Threads.until(() -> assertThat(tenants).containsExactly("caller"));
        a.awaitRest();
    }

    @Test
    void aLoadThatMayOutliveItsCaller() {
        node(builder -> builder.hardTimeout(TestCluster.DEADLINE)).cache.get(KEY, this::load);
        assertLoadedInBackground();
    }

    @Test
    void aLoadThatMayTakeTooLongWhileThereIsAStaleValue() {
        var a = node(builder -> builder.softTimeout(TestCluster.DEADLINE));
        putStale(a);
        a.cache.get(KEY, this::load);
        assertLoadedInBackground();
    }

    @Test
    void aLoadOfSeveralKeysThatMayOutliveItsCaller() {
        node(builder -> builder.hardTimeout(TestCluster.DEADLINE))
                .cache
                .getAll(List.of(KEY, "other"), keys -> Map.of(KEY, load(KEY)));
        assertLoadedInBackground();
    }

    /** It begins on the thread of whoever has given its permit back, who is another tenant. */
    @Test
    void aLoadThatHadToWaitForItsTurn() {
        var a = node(builder -> builder.hardTimeout(TestCluster.DEADLINE).maxConcurrentLoads(1));
        Hold inLoader = new Hold();
        cluster.threads.start(() -> {
            tenant.set("other");
            return a.cache.get("other", key -> {
                inLoader.arrive();
                return "value";
            });
        });
        inLoader.awaitReached();
        var read = cluster.threads.start(() -> {
            tenant.set("caller");
            return a.cache.get(KEY, this::load);
        });
        Threads.until(() -> assertThat(a.cache.flights().loads.permits.inLine()).isEqualTo(1));
        inLoader.release();
        assertThat(read.value()).isEqualTo("new");
        assertThat(tenants).containsExactly("caller");
    }

    /** The news that another node could not store its value arrives on a thread of the bus. */
    @Test
    void aLoadThatTheBusBegins() {
        var b = node(builder -> builder.maxValueSize(1));
        var a = node(builder -> builder.hardTimeout(TestCluster.DEADLINE));
        Hold inLoader = new Hold();
        cluster.threads.start(() -> {
            tenant.set("other");
            return b.cache.get(KEY, key -> {
                inLoader.arrive();
                return "value";
            });
        });
        inLoader.awaitReached();
        var read = cluster.threads.start(() -> {
            tenant.set("caller");
            return a.cache.get(KEY, this::load);
        });
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        read.awaitWaiting();
        inLoader.release();
        assertThat(read.value()).isEqualTo("new");
        assertThat(tenants).containsExactly("caller");
    }

    /** Whoever looked first drives the flight, but is not the one who brings the loader. */
    @Test
    void aLoadThatAnotherCallersThreadBegins() {
        var a = node(builder -> builder.staleWhileRevalidate(TestCluster.TTL));
        putStale(node(builder -> builder.staleWhileRevalidate(TestCluster.TTL)));
        Wire.Held look = a.wire.holdReply("get");
        var looking = cluster.threads.start(() -> {
            tenant.set("other");
            return a.cache.getIfPresent(KEY);
        });
        look.awaitReached();
        var read = cluster.threads.start(() -> {
            tenant.set("caller");
            return a.cache.get(KEY, this::load);
        });
        read.awaitWaiting();
        look.release();
        assertThat(read.value()).isEqualTo("old");
        assertThat(looking.value()).isNull();
        Threads.until(() -> assertThat(tenants).containsExactly("caller"));
    }

    @Test
    void theExecutorsThreadIsLeftAsItWas() {
        List<String> left = new CopyOnWriteArrayList<>();
        Executor underneath =
                task -> cluster.time.node(Duration.ZERO).executor().execute(() -> {
                    tenant.set("its own");
                    task.run();
                    left.add(tenant.get());
                });
        Executor carrying = ContextCarrier.carrying(underneath);
        CompletableFuture<String> seen = new CompletableFuture<>();
        carrying.execute(() -> seen.complete(tenant.get()));
        assertThat(Threads.value(seen)).isEqualTo("caller");
        Threads.until(() -> assertThat(left).containsExactly("its own"));
    }

    /** P19. */
    @Test
    void aPlainLoadStaysOnItsCallersThread() {
        cluster.node().cache.get(KEY, this::load);
        assertLoadedHere();
    }

    @Test
    void aLoadOfSeveralKeysStaysOnItsCallersThread() {
        cluster.node().cache.getAll(List.of(KEY), keys -> Map.of(KEY, load(KEY)));
        assertLoadedHere();
    }

    @Test
    void aSoftTimeoutWithNothingStaleAtHandKeepsTheLoadOnItsCallersThread() {
        node(builder -> builder.softTimeout(TestCluster.DEADLINE)).cache.get(KEY, this::load);
        assertLoadedHere();
    }

    /** The library is optional: a class loader that has everything but that. */
    @Test
    void withoutTheLibraryTasksRunAsTheyAre() throws Exception {
        URL[] ours = {ContextCarrier.class.getProtectionDomain().getCodeSource().getLocation()};
        ClassLoader without = new ClassLoader(getClass().getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.startsWith("io.micrometer.context.")) {
                    throw new ClassNotFoundException(name);
                }
                // So that ours are defined by the child, which finds this one first.
                return name.startsWith("io.stampede.") ? findClass(name) : super.loadClass(name, resolve);
            }
        };
        try (URLClassLoader child = new URLClassLoader(ours, without)) {
            Class<?> carrier = child.loadClass(ContextCarrier.class.getName());
            assertThat(carrier.getClassLoader()).isSameAs(child);
            var carrying = carrier.getDeclaredMethod("carrying", Executor.class);
            carrying.setAccessible(true);
            Executor plain = Runnable::run;
            assertThat(carrying.invoke(null, plain)).isSameAs(plain);
        }
    }
}
