package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P3: a value that is being read is rebuilt before it expires, by one node, at no wait for any reader; and a rebuild never
 * brings back what was written over meanwhile (P1, P7).
 */
class EarlyRefreshTest {

    private static final String KEY = "key";
    private static final Duration TTL = TestCluster.TTL;
    private static final Duration LOAD = Duration.ofSeconds(10);

    /** What is left of the lifetime when the tests refresh: less than the load takes. */
    private static final Duration REST = Duration.ofSeconds(5);

    private static final double ALWAYS = 1 - 1e-15;

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = node();
    private final TestCluster.Node b = node();
    private final AtomicInteger refreshes = new AtomicInteger();
    private final Loader<String, String> never = key -> {
        throw new AssertionError("no load was expected");
    };

    @AfterEach
    void close() {
        cluster.close();
    }

    private TestCluster.Node node() {
        TestCluster.Node node =
                cluster.node(options -> options.earlyRefresh(1).backoff(Duration.ofSeconds(2), Duration.ofSeconds(2)));
        node.machine.setChance(ALWAYS);
        return node;
    }

    /** Both nodes have a value that took ten seconds to load and has five left. */
    private void bothNearTheEnd() {
        bothHaveIt();
        cluster.time.pass(TTL.minus(REST));
    }

    private void bothHaveIt() {
        assertThat(a.cache.get(KEY, key -> {
                    cluster.time.pass(LOAD);
                    return "old";
                }))
                .isEqualTo("old");
        a.awaitRest();
        b.machine.setChance(0);
        assertThat(b.cache.get(KEY, never)).isEqualTo("old");
        b.machine.setChance(ALWAYS);
    }

    private Loader<String, String> held(Hold hold, String value) {
        return key -> {
            refreshes.incrementAndGet();
            hold.arrive();
            return value;
        };
    }

    @Test
    void theReaderIsServedAtOnceAndTheNewValueReachesAllTiers() {
        bothNearTheEnd();
        Hold inLoader = new Hold();
        Result<String> read = a.cache.getResult(KEY, held(inLoader, "new"));
        assertThat(read.value()).isEqualTo("old");
        assertThat(read.source()).isEqualTo(Result.Source.L1);
        inLoader.awaitReached();
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo("old");
        assertThat(Threads.value(a.cache.getAsync(KEY, key -> {
                    throw new AssertionError();
                })))
                .isEqualTo("old");
        inLoader.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("new");
        assertThat(cluster.remote(KEY)).isEqualTo("new");
        assertThat(b.cache.get(KEY, never)).isEqualTo("new");
        assertThat(refreshes).hasValue(1);
    }

    @Test
    void anAsynchronousReadRefreshesToo() {
        bothNearTheEnd();
        assertThat(Threads.value(
                        a.cache.getAsync(KEY, key -> java.util.concurrent.CompletableFuture.completedFuture("new"))))
                .isEqualTo("old");
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("new"));
    }

    @Test
    void neverInTheFirstHalfOfTheLifetime() {
        var eager = cluster.node(options -> options.earlyRefresh(100));
        eager.machine.setChance(ALWAYS);
        eager.cache.get("other", key -> {
            cluster.time.pass(LOAD);
            return "old";
        });
        eager.awaitRest();
        cluster.time.pass(TTL.dividedBy(2).minusSeconds(1));
        assertThat(eager.cache.get("other", never)).isEqualTo("old");
        assertThat(eager.cache.busyKeys()).isEmpty();
        cluster.time.pass(Duration.ofSeconds(2));
        assertThat(eager.cache.get("other", key -> "new")).isEqualTo("old");
        Threads.until(() -> assertThat(eager.local("other")).isEqualTo("new"));
    }

    @Test
    void notWhenChanceSaysNo() {
        bothNearTheEnd();
        a.machine.setChance(0);
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        assertThat(a.cache.busyKeys()).isEmpty();
        assertThat(cluster.server.count("claim")).isOne();
    }

    /** XFetch: the chance of a read at a distance from the expiry is exp(-distance / (beta * delta)). */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3})
    void theChanceGrowsTowardsTheExpiryAndWithTheLoadTime(double beta) {
        Freshness freshness = new Freshness(1_000_000, 0, 0, beta, Long.MAX_VALUE, 0, 0);
        long delta = 1_000;
        Random random = new Random(11);
        for (long rest : new long[] {200, 1_000, 3_000}) {
            int yes = 0;
            for (int i = 0; i < 20_000; i++) {
                yes += freshness.refreshesEarly(rest, delta, random.nextDouble()) ? 1 : 0;
            }
            assertThat(yes / 20_000.0).isCloseTo(Math.exp(-rest / (beta * delta)), within(0.015));
            assertThat(freshness.mayRefreshEarly(rest, 1_000_000, delta)).isTrue();
        }
        // No draw that can occur is ruled out by the quick look.
        long farthest = (long) (-Math.log(Math.pow(2, -53)) * beta * delta);
        assertThat(freshness.refreshesEarly(farthest, delta, 1 - Math.pow(2, -53)))
                .isTrue();
        assertThat(freshness.mayRefreshEarly(farthest, 1_000_000, delta)).isTrue();
        assertThat(freshness.mayRefreshEarly(farthest, 2 * farthest, delta)).isFalse();
    }

    @Test
    void withoutEagernessThereIsNone() {
        var lazy = cluster.node(options -> options.earlyRefresh(0));
        bothNearTheEnd();
        lazy.machine.setChance(ALWAYS);
        assertThat(lazy.cache.get(KEY, never)).isEqualTo("old");
        assertThat(lazy.cache.get(KEY, never)).isEqualTo("old");
        assertThat(lazy.cache.busyKeys()).isEmpty();
    }

    @Test
    void withoutARemoteTierToo() {
        var machine = cluster.time.node(Duration.ZERO);
        machine.setChance(ALWAYS);
        try (var cache = StampedeCache.<String, String>builder("alone")
                .ttl(TTL)
                .jitter(0)
                .environment(machine)
                .build()) {
            cache.get(KEY, key -> {
                cluster.time.pass(LOAD);
                return "old";
            });
            cluster.time.pass(TTL.minus(REST));
            assertThat(cache.get(KEY, key -> "new")).isEqualTo("old");
            Threads.until(() -> assertThat(cache.get(KEY, never)).isEqualTo("new"));
        }
    }

    @Test
    void theLoaderSeesTheOldValue() {
        bothNearTheEnd();
        AtomicReference<LoadContext<String, String>> seen = new AtomicReference<>();
        a.cache.get(KEY, Loader.<String, String>withContext(context -> {
            seen.set(context);
            return Loaded.notModified();
        }));
        Threads.until(() -> assertThat(seen.get()).isNotNull());
        a.awaitRest();
        assertThat(seen.get().old()).isEqualTo("old");
        assertThat(seen.get().age()).isBetween(TTL.minus(REST), TTL.minus(REST).plusMillis(2));
        cluster.time.pass(REST.plusSeconds(1));
        assertThat(a.local(KEY)).as("fresh again").isEqualTo("old");
    }

    /** A claim that finds a newer version takes it. */
    @Test
    void aNewerVersionInL2IsTakenInsteadOfALoad() {
        bothNearTheEnd();
        a.wire.holdMessages();
        b.cache.put(KEY, "newer");
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("newer");
        a.wire.releaseMessages();
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    @Test
    void ofTwoNodesOneLoadsAndBothGoOnServing() {
        bothNearTheEnd();
        Hold inLoader = new Hold();
        assertThat(a.cache.get(KEY, held(inLoader, "new"))).isEqualTo("old");
        inLoader.awaitReached();
        for (int i = 0; i < 5; i++) {
            assertThat(b.cache.get(KEY, never)).isEqualTo("old");
        }
        Threads.until(() -> assertThat(cluster.server.count("claim")).isEqualTo(3)); // b's is held
        assertThat(b.local(KEY)).isEqualTo("old");
        inLoader.release();
        a.awaitRest();
        assertThat(a.local(KEY)).isEqualTo("new");
        Threads.until(() ->
                assertThat(b.local(KEY)).as("fetched behind everybody's back").isEqualTo("new"));
        assertThat(refreshes).hasValue(1);
    }

    /** The value expires while it is rebuilt: who comes then waits for that load, here and elsewhere. */
    @Test
    void whoComesAfterTheExpiryJoinsTheRefresh() {
        bothNearTheEnd();
        Hold inLoader = new Hold();
        a.cache.get(KEY, held(inLoader, "new"));
        inLoader.awaitReached();
        cluster.time.pass(REST.plusSeconds(1));
        assertThat(a.local(KEY)).isNull();
        var here = cluster.threads.start(() -> a.cache.getResult(KEY, never));
        var there = cluster.threads.start(() -> b.cache.getResult(KEY, never));
        here.awaitWaiting();
        there.awaitWaiting();
        cluster.time.pass(LOAD);
        inLoader.release();
        assertThat(here.value().value()).isEqualTo("new");
        assertThat(here.value().source()).isEqualTo(Result.Source.WAITED);
        assertThat(there.value().value()).isEqualTo("new");
        assertThat(there.value().source()).isEqualTo(Result.Source.WAITED);
        a.awaitRest();
        assertThat(a.local(KEY))
                .as("fresh for its ttl from the return of the load")
                .isEqualTo("new");
    }

    /** P4: whoever has waited for a refresh that fails shares the failure. */
    @Test
    void whoHasJoinedARefreshThatFailsSharesItsFailure() {
        bothNearTheEnd();
        Hold inLoader = new Hold();
        IllegalStateException down = new IllegalStateException("down");
        a.cache.get(KEY, key -> {
            inLoader.arrive();
            throw down;
        });
        inLoader.awaitReached();
        cluster.time.pass(REST.plusSeconds(1));
        var here = cluster.threads.start(() -> a.cache.get(KEY, never));
        here.awaitWaiting();
        inLoader.release();
        assertThat(here.failure()).isSameAs(down);
    }

    private void failingRefresh(TestCluster.Node node) {
        assertThat(node.cache.get(KEY, key -> {
                    refreshes.incrementAndGet();
                    throw new IllegalStateException("down");
                }))
                .isEqualTo("old");
        node.awaitRest();
    }

    /** P4: the source is not asked at every hit of a hot key, and later it is asked again. */
    @Test
    void aRefreshThatHasFailedIsLeftAloneForAWhileOnEveryNode() {
        bothNearTheEnd();
        failingRefresh(a);
        assertThat(refreshes).hasValue(1);
        Threads.until(() -> assertThat(b.cache.flights().loads.isFailing(KEY)).isTrue());
        for (int i = 0; i < 10; i++) {
            assertThat(a.cache.get(KEY, never)).isEqualTo("old");
            assertThat(b.cache.get(KEY, never)).isEqualTo("old");
        }
        a.awaitRest();
        b.awaitRest();
        assertThat(cluster.server.count("claim")).isEqualTo(2);
        // Else an operation whose reply is still on its way would time out.
        a.awaitAnswers();
        b.awaitAnswers();
        cluster.time.pass(Duration.ofSeconds(3));
        failingRefresh(a);
        assertThat(refreshes).hasValue(2);
    }

    /** What another node has failed with, and had nothing that was fresh: it is one source. */
    @Test
    void aKeyThatFailsElsewhereIsNotRefreshed() {
        var c = node();
        bothNearTheEnd();
        assertThatThrownBy(() -> c.cache.get(
                        KEY,
                        key -> {
                            throw new IllegalStateException("down");
                        },
                        CallOptions.none().forceFresh()))
                .hasMessage("down");
        Threads.until(() -> assertThat(b.cache.flights().loads.isFailing(KEY)).isTrue());
        assertThat(b.cache.get(KEY, never)).isEqualTo("old");
        b.awaitRest();
        assertThat(cluster.server.count("claim")).isEqualTo(2);
    }

    /** The value is invalidated while it is refreshed, and the source says that there is something wrong with the key. */
    @Test
    void anAnswerOfTheSourceKeepsNobodyAwayWhoHasNothing() {
        var c = cluster.node(options -> options.earlyRefresh(1)
                .backoff(Duration.ofSeconds(2), Duration.ofSeconds(2))
                .staleOnError(Duration.ZERO, failure -> !(failure instanceof IllegalArgumentException)));
        bothNearTheEnd();
        assertThat(c.cache.get(KEY, never)).isEqualTo("old");
        c.machine.setChance(ALWAYS);
        c.wire.holdMessages();
        b.cache.invalidate(KEY);
        cluster.time.pass(Duration.ofMillis(1));
        Hold inLoader = new Hold();
        assertThat(c.cache.get(KEY, key -> {
                    inLoader.arrive();
                    throw new IllegalArgumentException("no such thing");
                }))
                .isEqualTo("old");
        inLoader.awaitReached();
        c.wire.releaseMessages();
        inLoader.release();
        c.awaitRest();
        assertThat(c.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    /** It has waited for a load elsewhere, say, and meanwhile somebody has fetched the value. */
    @Test
    void aBackgroundLoadThatComesLateIsNoRefresh() {
        bothHaveIt();
        Caller<String, String> late = b.cache
                .detached(KEY, AnyLoader.of(never), CallOptions.none().skipLocal())
                .ghost();
        assertThat(b.cache.enter(late)).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("old");
        assertThat(cluster.server.count("claim")).isEqualTo(1);
    }

    /** That a refresh failed says nothing to those who have no value: they ask the source, at once. */
    @Test
    void aRefreshThatHasFailedDoesNotKeepADemandLoadAway() {
        var c = node();
        c.cache.getIfPresent("anything");
        bothNearTheEnd();
        failingRefresh(a);
        a.cache.invalidate(KEY);
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notEvenOnAnotherNode(boolean hadIt) {
        var c = node();
        bothNearTheEnd();
        failingRefresh(a);
        a.cache.invalidate(KEY);
        TestCluster.Node other = hadIt ? b : c;
        Threads.until(() -> assertThat(other.local(KEY)).isNull()); // the failure's message may still be under way
        assertThat(other.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    @Test
    void aRefreshThatFailedLeavesNoBackoffBehindWhenTheValueExpires() {
        bothNearTheEnd();
        failingRefresh(a);
        cluster.time.pass(REST);
        // The pause of the refresh is over by then in this cluster; make a new one that is not.
        assertThat(a.cache.get(KEY, key -> "new")).isEqualTo("new");
    }

    enum Overwriting {
        PUT,
        INVALIDATE,
        CLEAR,
        EXPIRE;

        void on(TestCluster.Node node) {
            switch (this) {
                case PUT -> node.cache.put(KEY, "put");
                case INVALIDATE -> node.cache.invalidate(KEY);
                case CLEAR -> node.cache.clear();
                case EXPIRE -> node.cache.expire(KEY);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Overwriting.class)
    void aWriteHereDuringARefreshStands(Overwriting write) {
        theWriteStands(write, a, inLoader -> {});
    }

    @ParameterizedTest
    @EnumSource(Overwriting.class)
    void aWriteElsewhereDuringARefreshStands(Overwriting write) {
        theWriteStands(write, b, inLoader -> {});
    }

    /** The message that tells of it comes last of all: L2 itself refuses the rebuild. */
    @ParameterizedTest
    @EnumSource(Overwriting.class)
    void aWriteElsewhereThatIsHeardOfLateStandsToo(Overwriting write) {
        bothNearTheEnd();
        a.wire.holdMessages();
        theWriteStandsNow(write, b, inLoader -> a.wire.releaseMessages());
    }

    private void theWriteStands(Overwriting write, TestCluster.Node writer, Consumer<Hold> afterTheLoad) {
        bothNearTheEnd();
        theWriteStandsNow(write, writer, afterTheLoad);
    }

    private void theWriteStandsNow(Overwriting write, TestCluster.Node writer, Consumer<Hold> afterTheLoad) {
        Hold inLoader = new Hold();
        a.cache.get(KEY, held(inLoader, "rebuilt of old data"));
        inLoader.awaitReached();
        write.on(writer);
        inLoader.release();
        Threads.until(() -> assertThat(a.cache.busyKeys()).isEmpty());
        afterTheLoad.accept(inLoader);
        a.awaitRest();
        String expected = write == Overwriting.PUT ? "put" : null;
        assertThat(cluster.remote(KEY)).isEqualTo(expected);
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo(expected);
        assertThat(b.cache.getIfPresent(KEY)).isEqualTo(expected);
        assertThat(cluster.server.leaseOf(TestCluster.NAME, KEY)).isNull();
    }

    /** Between the hit and the flight. */
    @ParameterizedTest
    @EnumSource(Overwriting.class)
    void aWriteJustBeforeARefreshBeginsKeepsItFromBeginning(Overwriting write) {
        bothNearTheEnd();
        Hold before = a.machine.holdBeforeStep(Flights.class, "refreshEarly");
        var read = cluster.threads.start(() -> a.cache.get(KEY, never));
        before.awaitReached();
        write.on(a);
        before.release();
        assertThat(read.value()).isEqualTo("old"); // it began before the write
        a.awaitRest();
        assertThat(a.cache.getIfPresent(KEY)).isEqualTo(write == Overwriting.PUT ? "put" : null);
    }

    /** The options of the call are those of the rebuild as well: an invalidation of its tag still finds the value. */
    @Test
    void theRefreshedValueKeepsTheTagsAndTheTtlOfTheCall() {
        CallOptions options = CallOptions.none().tags("tag").ttl(Duration.ofSeconds(100));
        a.cache.get(
                KEY,
                key -> {
                    cluster.time.pass(LOAD);
                    return "old";
                },
                options);
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(95));
        assertThat(a.cache.get(KEY, key -> "new", options)).isEqualTo("old");
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("new"));
        a.awaitRest();
        cluster.time.pass(Duration.ofSeconds(50));
        assertThat(cluster.remote(KEY)).isEqualTo("new");
        b.cache.invalidateByTag("tag");
        assertThat(a.cache.getIfPresent(KEY)).isNull();
        assertThat(b.cache.getIfPresent(KEY)).isNull();
    }

    @Test
    void anAsynchronousRefreshKeepsTheTagsToo() {
        CallOptions options = CallOptions.none().tags("tag");
        a.cache.get(
                KEY,
                key -> {
                    cluster.time.pass(LOAD);
                    return "old";
                },
                options);
        a.awaitRest();
        cluster.time.pass(TTL.minus(REST));
        a.cache.getAsync(KEY, key -> java.util.concurrent.CompletableFuture.completedFuture("new"), options);
        Threads.until(() -> assertThat(a.local(KEY)).isEqualTo("new"));
        a.awaitRest();
        a.cache.invalidateByTag("tag");
        assertThat(a.cache.getIfPresent(KEY)).isNull();
    }

    /** A node whose claim is on its way when L2 goes away loads nothing: what it has is good. */
    @Test
    void aRefreshWithoutL2ComesToNothing() {
        bothNearTheEnd();
        a.wire.cut();
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        a.awaitRest();
        assertThat(a.cache.get(KEY, never)).isEqualTo("old");
        a.awaitRest();
    }
}
