package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stampede.Result.Source;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A look at the cache tells a known absence from nothing cached; it loads nothing and waits for no load. */
class LookupTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration NEGATIVE = Duration.ofSeconds(30);
    private static final Result<String> NOTHING = new Result<>(null, Source.ABSENT, null, Duration.ZERO);

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        return cluster.node(options -> options.negativeTtl(NEGATIVE).staleOnError(TTL));
    }

    enum Form {
        BLOCKING {
            @Override
            Result<String> lookup(StampedeCache<String, String> cache) {
                return cache.lookup(KEY);
            }
        },
        ASYNCHRONOUS {
            @Override
            Result<String> lookup(StampedeCache<String, String> cache) {
                return Threads.value(cache.lookupAsync(KEY));
            }
        };

        abstract Result<String> lookup(StampedeCache<String, String> cache);

        private void finds(TestCluster.Node node, String value, Source source) {
            Result<String> found = lookup(node.cache);
            assertThat(found.value()).isEqualTo(value);
            assertThat(found.source()).isEqualTo(source);
            assertThat(found.staleReason()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whereNothingIsCachedTheSourceIsAbsent(Form form) {
        assertThat(form.lookup(a.cache)).isEqualTo(NOTHING);
        assertThat(cluster.loads).hasValue(0);
        assertThat(cluster.server.count("claim")).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aKnownAbsenceIsFoundLikeAValue(Form form) {
        a.cache.get(KEY, key -> null);
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(3));
        form.finds(a, null, Source.L1);
        assertThat(form.lookup(a.cache).age()).isEqualTo(Duration.ofSeconds(3));
        form.finds(b, null, Source.L2);
        form.finds(b, null, Source.L1);
        cluster.time.pass(NEGATIVE);
        assertThat(form.lookup(a.cache)).isEqualTo(NOTHING);
        assertThat(form.lookup(b.cache)).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void aValueIsFoundInL1OrL2(Form form) {
        a.cache.put(KEY, "value");
        form.finds(a, "value", Source.L1);
        form.finds(b, "value", Source.L2);
    }

    /** A stale one is for who can have it loaded anew. */
    @ParameterizedTest
    @EnumSource
    void aStaleValueIsNotFound(Form form) {
        a.cache.put(KEY, "value");
        cluster.time.pass(TTL);
        assertThat(form.lookup(a.cache)).isEqualTo(NOTHING);
        assertThat(form.lookup(b.cache)).isEqualTo(NOTHING);
    }

    @ParameterizedTest
    @EnumSource
    void aLoadUnderWayIsNotWaitedFor(Form form) {
        Hold inLoader = new Hold();
        var load = cluster.threads.start(() -> a.cache.get(KEY, key -> {
            inLoader.arrive();
            return "value";
        }));
        inLoader.awaitReached();
        assertThat(form.lookup(a.cache)).isEqualTo(NOTHING);
        assertThat(form.lookup(b.cache)).isEqualTo(NOTHING);
        inLoader.release();
        assertThat(load.value()).isEqualTo("value");
    }

    @ParameterizedTest
    @EnumSource
    void whatCantBeConfirmedIsSuspect(Form form) {
        a.cache.put(KEY, "value");
        a.wire.cut();
        a.cache.getIfPresent("anything"); // notices
        a.cache.flights().suspectAll();
        form.finds(a, "value", Source.SUSPECT);
    }

    @ParameterizedTest
    @EnumSource
    void aClosedCacheSaysSo(Form form) {
        a.cache.close();
        Throwable thrown = form == Form.BLOCKING
                ? catchThrowable(() -> a.cache.lookup(KEY))
                : Threads.failure(a.cache.lookupAsync(KEY));
        assertThat(thrown).isInstanceOf(CacheClosedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void eachCallHasACopyOfItsOwn(Form form) {
        var copying = cluster.node(options -> options.copyValues(value -> value + " copied"));
        b.cache.put(KEY, "value");
        assertThat(form.lookup(copying.cache).value()).isEqualTo("value copied");
        assertThat(form.lookup(copying.cache).value()).isEqualTo("value copied");
    }

    @Test
    void anAsynchronousOneHoldsNoThreadAndEndsOnTheExecutor() {
        b.cache.put(KEY, "value");
        Wire.Held reply = a.wire.holdReply("get");
        CompletableFuture<Result<String>> found = a.cache.lookupAsync(KEY);
        CompletableFuture<Thread> thread = found.handle((value, failure) -> Thread.currentThread());
        reply.awaitReached();
        assertThat(found).isNotDone();
        reply.release();
        assertThat(Threads.value(found).value()).isEqualTo("value");
        assertThat(Threads.value(thread).getName()).isEqualTo("manual-executor");
    }

    @Test
    void closingEndsAnAsynchronousOne() {
        Wire.Held reply = a.wire.holdReply("get");
        CompletableFuture<Result<String>> found = a.cache.lookupAsync(KEY);
        reply.awaitReached();
        a.cache.close();
        assertThat(Threads.failure(found)).isInstanceOf(CacheClosedException.class);
        reply.release();
    }

    @Test
    void aKeyThatCantBeWrittenIsRefusedAtOnce() {
        assertThatThrownBy(() -> a.cache.lookupAsync("\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.cache.lookup("\ud800")).isInstanceOf(IllegalArgumentException.class);
    }
}
