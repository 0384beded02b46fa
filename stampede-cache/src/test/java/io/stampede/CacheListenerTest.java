package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.spi.Token;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a listener is told, how often, and that it can do no harm by what it throws. Reads have {@link ReadCountTest}. */
@ParameterizedClass
@MethodSource("listeners")
class CacheListenerTest {

    private static final String KEY = "key";

    private final TestCluster cluster = new TestCluster();
    private final EventLog log;

    CacheListenerTest(CacheListener listener) {
        log = new EventLog(listener);
    }

    static Stream<Named<CacheListener>> listeners() {
        return Stream.of(
                Named.of("quiet", new CacheListener() {}),
                Named.of("throws exceptions", throwing(new IllegalStateException("a listener's defect"))),
                Named.of("throws errors", throwing(new AssertionError("a listener's defect"))));
    }

    private static CacheListener throwing(Throwable failure) {
        return (CacheListener) Proxy.newProxyInstance(
                CacheListenerTest.class.getClassLoader(),
                new Class<?>[] {CacheListener.class},
                (proxy, method, all) -> {
                    throw failure;
                });
    }

    @AfterEach
    void close() {
        cluster.close();
        assertThat(log.toldInsideSteps()).isSubsetOf("inside a step: onEviction");
    }

    private TestCluster.Node observed(UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        return cluster.node(builder -> options.apply(builder).listener(log.listener));
    }

    private TestCluster.Node observed() {
        return observed(UnaryOperator.identity());
    }

    private void assertTold(String event, int times) {
        Threads.until(() -> assertThat(log.of(event)).as(event).isEqualTo(times));
    }

    private static String fail(String key) {
        throw new IllegalStateException("fails");
    }

    @Test
    void itIsToldOfTheCacheBeforeAnythingElse() {
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicReference<LongSupplier> size = new AtomicReference<>();
        var a = cluster.node(builder -> builder.listener(new CacheListener() {
            @Override
            public void onBuilt(String cache, LongSupplier localSize) {
                told.add(cache);
                size.set(localSize);
            }

            @Override
            public void onRemote(String operation, long nanos, boolean answered) {
                told.add(operation);
            }
        }));
        assertThat(told).startsWith(TestCluster.NAME, "generation");
        a.cache.put(KEY, "value");
        assertThat(size.get().getAsLong()).isEqualTo(1);
    }

    @Test
    void aLoad() {
        var a = observed();
        a.cache.get(KEY);
        cluster.source = null;
        a.cache.get("absent");
        assertThatThrownBy(() -> a.cache.get("failing", CacheListenerTest::fail))
                .isInstanceOf(IllegalStateException.class);
        assertTold("onLoadBegun", 3);
        assertTold("onLoad VALUE", 1);
        assertTold("onLoad ABSENT", 1);
        assertTold("onLoad FAILED", 1);
    }

    @Test
    void anOverdueLoadWhenItHasReallyEnded() {
        var a = observed();
        Hold inLoader = new Hold();
        var read = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "late";
        }));
        inLoader.awaitReached();
        cluster.time.pass(TestCluster.DEADLINE.plusSeconds(1));
        assertThat(log.of("onLoad OVERDUE")).isZero();
        inLoader.release();
        assertThat(read.value()).isEqualTo("late");
        assertTold("onLoad OVERDUE", 1);
        assertThat(log.of("onLoadBegun")).isEqualTo(1);
    }

    @Test
    void anEarlyRefresh() {
        var a = observed(
                builder -> builder.earlyRefresh(1).environment(new EagerMachine(cluster.time.node(Duration.ZERO))));
        a.cache.get(KEY, key -> {
            cluster.time.pass(Duration.ofSeconds(1));
            return "old";
        });
        a.awaitRest();
        cluster.time.pass(TestCluster.TTL.minusSeconds(5));
        assertThat(a.cache.get(KEY)).isEqualTo("old");
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("value"));
        assertTold("onEarlyRefresh", 1);
    }

    @Test
    void anEviction() {
        var a = observed(builder -> builder.maximumSize(1));
        a.cache.put("a", "value");
        a.cache.put("b", "value");
        assertTold("onEviction", 1);
        a.cache.invalidate("a");
        a.cache.invalidate("b");
        a.cache.clear();
        assertThat(log.of("onEviction")).isEqualTo(1);
    }

    @Test
    void aStaleValue() {
        var a = observed(builder -> builder.staleOnError(TestCluster.TTL));
        a.cache.put(KEY, "old");
        cluster.time.pass(TestCluster.TTL.plusSeconds(1));
        a.cache.get(KEY, CacheListenerTest::fail);
        assertTold("onStale LOAD_FAILED", 1);
        assertTold("onWait STALE", 1);
    }

    @Test
    void aBackoffOncePerFailedLoadAndNotPerRefusedCaller() {
        var a = observed(builder -> builder.backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> a.cache.get(KEY, CacheListenerTest::fail))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertTold("onBackoff", 1);
        assertThat(log.of("onLoad FAILED")).isEqualTo(1);
    }

    @Test
    void theSourcesBreaker() {
        var a = observed(builder -> builder.sourceBreaker(1, Duration.ofSeconds(1)));
        for (int i = 0; i < 11; i++) {
            assertThatThrownBy(() -> a.cache.get(KEY, CacheListenerTest::fail)).isInstanceOf(RuntimeException.class);
        }
        assertTold("onSourceBreaker true", 1);
        assertTold("onRejected", 1);
        cluster.time.pass(Duration.ofSeconds(2));
        a.cache.get(KEY);
        assertTold("onSourceBreaker false", 1);
        assertThat(log.of("onSourceBreaker true")).isOne();
    }

    @Test
    void aBackoffBecauseOfAFailureElsewhere() {
        var b = cluster.node();
        var a = observed(builder -> builder.backoff(Duration.ofSeconds(1), Duration.ofSeconds(10)));
        assertThatThrownBy(() -> b.cache.get(KEY, CacheListenerTest::fail)).isInstanceOf(IllegalStateException.class);
        assertTold("onBackoff", 1);
        assertThat(log.of("onLoadBegun")).isZero();
    }

    @Test
    void aRejection() {
        var a = observed(builder -> builder.maxConcurrentLoads(1).maxLoadWait(Duration.ofSeconds(1)));
        Hold inLoader = new Hold();
        cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        var one = a.cache.getAsync("other", CompletableFuture::completedFuture);
        Threads.until(() -> assertThat(a.cache.flights().loads.permits.inLine()).isEqualTo(1));
        cluster.passUntil(Duration.ofMillis(100), () -> assertThat(one).isDone());
        var several = cluster.threads.start(() -> a.cache.getAll(List.of("b", "c"), keys -> Map.of()));
        Threads.until(() -> assertThat(a.cache.flights().loads.permits.inLine()).isEqualTo(2));
        cluster.passUntil(
                Duration.ofMillis(100), () -> assertThat(several.isDone()).isTrue());
        assertTold("onRejected", 2);
        inLoader.release();
    }

    private Threads.Call<String> waitForAnotherNode(TestCluster.Node a, Hold inLoader, Loader<String, String> loader) {
        var b = cluster.node();
        cluster.threads.start(() -> b.cache.get(KEY, key -> {
            inLoader.arrive();
            return loader.load(key);
        }));
        inLoader.awaitReached();
        var waiting = cluster.threads.start(() -> a.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiting.awaitWaiting();
        return waiting;
    }

    @Test
    void aWaitThatAValueEnds() {
        Hold inLoader = new Hold();
        var waiting = waitForAnotherNode(observed(), inLoader, key -> "value");
        inLoader.release();
        assertThat(waiting.value()).isEqualTo("value");
        assertTold("onLeaseWait", 1);
    }

    @Test
    void aWaitThatAFailureEnds() {
        Hold inLoader = new Hold();
        var waiting = waitForAnotherNode(observed(), inLoader, CacheListenerTest::fail);
        inLoader.release();
        assertThat(waiting.failure()).isInstanceOf(LoadFailedElsewhereException.class);
        assertTold("onLeaseWait", 1);
    }

    @Test
    void aWaitThatAPutOfThisNodeEnds() {
        var a = observed();
        Hold inLoader = new Hold();
        var waiting = waitForAnotherNode(a, inLoader, key -> "value");
        a.cache.put(KEY, "put");
        assertThat(waiting.value()).isEqualTo("put");
        inLoader.release();
        assertTold("onLeaseWait", 1);
    }

    @Test
    void aWaitForANodeThatHasDied() {
        var a = observed();
        // Nobody renews it.
        Token dead = cluster.time.node(Duration.ZERO).newToken();
        cluster.node()
                .cache
                .flights()
                .remote
                .gate
                .claim(new Budget(Long.MAX_VALUE), KEY, Envelope.NO_STAMP, dead, false);
        var waiting = cluster.threads.start(() -> a.cache.get(KEY));
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(2));
        waiting.awaitWaiting();
        cluster.passUntil(
                Duration.ofSeconds(1), () -> assertThat(waiting.isDone()).isTrue());
        assertThat(waiting.value()).isEqualTo("value");
        assertTold("onLeaseWait", 1);
    }

    @Test
    void aRefusedPublish() {
        var a = observed();
        Wire.Held publish = a.wire.holdRequest("publish");
        a.cache.get(KEY);
        publish.awaitReached();
        a.wire.holdMessages();
        cluster.node().cache.invalidate(KEY);
        publish.release();
        assertTold("onPublishRefused", 1);
        a.wire.releaseMessages();
        a.awaitRest();
        assertThat(log.of("onPublishRefused")).isEqualTo(1);
    }

    @Test
    void whatCannotBeDecoded() {
        var a = observed();
        cluster.server.putRaw(TestCluster.NAME, KEY, new byte[] {1, 2, 3}, cluster.time.serverMillis() + 60_000);
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertTold("onUndecodable", 1);
    }

    @Test
    void whatCannotBeStored() {
        var a = observed(builder -> builder.maxValueSize(1));
        assertThat(a.cache.get(KEY)).isEqualTo("value");
        a.awaitRest();
        assertTold("onNotStorable", 1);
    }

    @Test
    void theRemoteTiersOperations() {
        var a = observed();
        assertTold("onRemote generation true", 1);
        a.cache.get(KEY);
        a.awaitRest();
        assertTold("onRemote get true", 1);
        assertTold("onRemote claim true", 1);
        assertTold("onRemote publish true", 1);
        a.wire.cut();
        a.cache.invalidate(KEY);
        assertTold("onRemote invalidate false", 1);
    }

    @Test
    void writes() {
        var a = observed();
        a.cache.put(KEY, "value");
        a.cache.putAll(Map.of("b", "1", "c", "2"));
        a.cache.expire(KEY);
        a.cache.invalidate(KEY);
        a.cache.invalidateByTag("tag");
        a.cache.clear();
        assertTold("onWrite EVERYWHERE", 6);
        a.wire.cut();
        a.cache.invalidate(KEY);
        assertTold("onWrite QUEUED", 1);
    }

    @Test
    void severalAreToldWhateverTheFirstOfThemThrows() {
        List<String> told = new ArrayList<>();
        var a = cluster.node(builder -> builder.listener(new CacheListener() {
                    @Override
                    public void onRead(Result.Source source) {
                        throw new IllegalStateException("the first one's defect");
                    }
                })
                .listener(new CacheListener() {
                    @Override
                    public void onRead(Result.Source source) {
                        told.add("onRead " + source);
                    }
                }));
        a.cache.put(KEY, "value");
        a.cache.getIfPresent(KEY);
        a.cache.getIfPresent("other");
        assertThat(told).containsExactly("onRead L1", "onRead ABSENT");
    }

    @Test
    void aCheckedExceptionThatNobodyDeclaredEndsThereToo() {
        Events events = new Events(new CacheListener() {
            @Override
            public void onRead(Result.Source source) {
                CacheListenerTest.<RuntimeException>sneak(new Exception("as other languages throw it"));
            }
        });
        events.hit();
        events.tell(listener -> listener.onRead(Result.Source.L2));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    /** What users hand in besides a listener, and may have the same defects. */
    @Test
    void aPredicateThatFailsLeavesNobodyWaiting() {
        var a = observed(builder -> builder.staleOnError(Duration.ZERO, failure -> {
            throw new AssertionError("a predicate's defect");
        }));
        var read = cluster.threads.start(() -> a.cache.get(KEY, CacheListenerTest::fail));
        assertThat(read.failure()).isInstanceOf(IllegalStateException.class);
        assertThat(a.cache.get(KEY)).isEqualTo("value");
        a.awaitRest();
    }
}
