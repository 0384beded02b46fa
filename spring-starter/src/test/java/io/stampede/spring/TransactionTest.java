package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stampede.JsonCodec;
import io.stampede.KeyCodec;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.redis.RedisTier;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Two nodes on one Redis; the transactions run on the first. */
class TransactionTest {

    private static final RedisServer REDIS = RedisServer.startEmbedded();
    private static final RedisTier HERE = RedisTier.connect(REDIS.uri());
    private static final RedisTier ELSEWHERE = RedisTier.connect(REDIS.uri());
    private static final ExecutorService OTHER_THREAD = Executors.newSingleThreadExecutor();

    private final String name = "products-" + UUID.randomUUID();
    private final SpringCache cache = cache(name, HERE);
    private final SpringCache elsewhere = cache(name, ELSEWHERE);
    private final TransactionalSource source = new TransactionalSource();

    @AfterAll
    static void stop() {
        OTHER_THREAD.shutdown();
        HERE.close();
        ELSEWHERE.close();
        REDIS.close();
    }

    @AfterEach
    void close() {
        cache.getNativeCache().close();
        elsewhere.getNativeCache().close();
        assertThat(TransactionSynchronizationManager.getResourceMap()).isEmpty();
    }

    private static SpringCache cache(String name, RedisTier redis) {
        return new SpringCache(
                name,
                StampedeCache.<Object, Object>builder(name)
                        .keyCodec(new Numbers())
                        .remote(redis, JsonCodec.of(Object.class))
                        .ttl(Duration.ofMinutes(1))
                        .build(),
                () -> 1);
    }

    private static final class Numbers implements KeyCodec<Object> {
        @Override
        public String encode(Object key) {
            return key.toString();
        }

        @Override
        public Object decode(String text) {
            return Integer.valueOf(text);
        }
    }

    @SuppressWarnings({"unused", "EffectivelyPrivate", "DoNotCallSuggester"}) // the codec finds it
    private static final class Unwritable {
        public String getTrouble() {
            throw new UnsupportedOperationException("not to be written");
        }
    }

    private String read(Cache from, Object key) {
        return from.get(key, () -> source.read(key));
    }

    private static <T> T onAnotherThread(Callable<T> call) {
        try {
            return OTHER_THREAD.submit(call).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private void awaitElsewhere(Object key, String value) {
        await().untilAsserted(() -> assertThat(read(elsewhere, key)).isEqualTo(value));
    }

    /** Everybody has the old value. */
    private void cached(Object key) {
        source.write(key, "old");
        assertThat(read(cache, key)).isEqualTo("old");
        assertThat(read(elsewhere, key)).isEqualTo("old");
    }

    private static Object held(SpringCache cache, Object key) {
        Result<Object> result = cache.getNativeCache().lookup(key);
        return result.source() == Result.Source.ABSENT ? "nothing" : result.value();
    }

    // ---- reads inside --------------------------------------------------------------------------------------------

    @Test
    void aTransactionReadsWhatItHasPutAndOthersTheOldValueUntilItCommits() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            cache.put(1, "new");
            assertThat(cache.get(1).get()).isEqualTo("new");
            assertThat(cache.get(1, String.class)).isEqualTo("new");
            assertThat(read(cache, 1)).isEqualTo("new");
            assertThat(cache.retrieve(1))
                    .isCompletedWithValueMatching(
                            found -> ((Cache.ValueWrapper) found).get().equals("new"));
            assertThat(cache.retrieve(1, () -> CompletableFuture.completedFuture("loaded")))
                    .isCompletedWithValue("new");
            assertThat(onAnotherThread(() -> read(cache, 1))).isEqualTo("old");
            assertThat(onAnotherThread(() -> read(elsewhere, 1))).isEqualTo("old");
            source.write(1, "new");
        });
        assertThat(held(cache, 1)).isEqualTo("new");
        awaitElsewhere(1, "new");
    }

    @Test
    void aTransactionReadsPastBothTiersWhatItHasEvictedAndNothingOfItIsStored() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            cache.evict(1);
            source.write(1, "uncommitted");
            assertThat(cache.get(1)).isNull();
            assertThat(cache.get(1, String.class)).isNull();
            assertThat(cache.retrieve(1)).isCompletedWithValue(null);
            assertThat(read(cache, 1)).isEqualTo("uncommitted");
            assertThat(cache.retrieve(1, () -> CompletableFuture.completedFuture(source.read(1))))
                    .isCompletedWithValue("uncommitted");
            source.write(1, "later");
            assertThat(read(cache, 1)).isEqualTo("later");
            assertThat(held(cache, 1)).isEqualTo("old");
            assertThat(onAnotherThread(() -> read(cache, 1))).isEqualTo("old");
        });
        assertThat(held(cache, 1)).isEqualTo("nothing");
        assertThat(read(cache, 1)).isEqualTo("later");
        awaitElsewhere(1, "later");
    }

    @Test
    void aKeyThatATransactionHasNotTouchedIsReadAsEverybodyReadsIt() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            cache.evict(2);
            int before = source.reads();
            assertThat(read(cache, 1)).isEqualTo("old");
            assertThat(source.reads()).isEqualTo(before);
        });
    }

    @Test
    void afterAClearOrATagATransactionReadsPastTheWholeCache() {
        cached(1);
        cached(2);
        for (boolean byTag : new boolean[] {true, false}) {
            source.transaction().executeWithoutResult(status -> {
                cache.put(1, "put before");
                if (byTag) {
                    cache.invalidateByTag("tag");
                } else {
                    assertThat(cache.invalidate()).isTrue();
                }
                source.write(1, "uncommitted 1");
                source.write(2, "uncommitted 2");
                assertThat(read(cache, 1)).isEqualTo("uncommitted 1");
                assertThat(read(cache, 2)).isEqualTo("uncommitted 2");
                cache.put(2, "put after");
                assertThat(read(cache, 2)).isEqualTo("put after");
                assertThat(held(cache, 2)).isEqualTo("old");
                status.setRollbackOnly();
            });
        }
    }

    @Test
    void anExpiredKeyIsReadFromTheSource() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            source.write(1, "new");
            cache.expire(1);
            assertThat(read(cache, 1)).isEqualTo("new");
            assertThat(held(cache, 1)).isEqualTo("old");
        });
        assertThat(read(cache, 1)).isEqualTo("new");
        awaitElsewhere(1, "new");
    }

    @Test
    void anEvictionThatIsToBeImmediateTakesEffectInItsTransactionAtOnceAndForOthersAtItsCommit() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            assertThat(cache.evictIfPresent(1)).isTrue();
            assertThat(cache.evictIfPresent(1)).isFalse();
            assertThat(held(cache, 1)).isEqualTo("old");
        });
        assertThat(held(cache, 1)).isEqualTo("nothing");
    }

    @Test
    void aValueIsPutIfAbsentAtTheCommitAndLosesToOneThatCameBefore() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            assertThat(cache.putIfAbsent(1, "mine").get()).isEqualTo("old");
            assertThat(cache.putIfAbsent(2, "mine")).isNull();
            assertThat(cache.putIfAbsent(2, "again").get()).isEqualTo("mine");
            assertThat(cache.putIfAbsent(3, "mine")).isNull();
            assertThat(held(cache, 3)).isEqualTo("nothing");
            elsewhere.getNativeCache().put(3, "theirs");
        });
        assertThat(held(cache, 1)).isEqualTo("old");
        assertThat(held(cache, 2)).isEqualTo("mine");
        assertThat(held(elsewhere, 3)).isEqualTo("theirs");
    }

    @Test
    void aFailureOfTheSourceReachesATransactionAsItReachesEverybody() {
        source.transaction().executeWithoutResult(status -> {
            cache.evict(1);
            assertThatThrownBy(() -> cache.get(1, () -> {
                        throw new IOException("down");
                    }))
                    .isInstanceOf(Cache.ValueRetrievalException.class)
                    .cause()
                    .isInstanceOf(IOException.class);
        });
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    @Test
    void aRolledBackTransactionLeavesBothTiersAsTheyWere() {
        cached(1);
        cached(2);
        int before = source.reads();
        source.transaction().executeWithoutResult(status -> {
            cache.put(1, "never");
            cache.evict(2);
            cache.put(3, "never");
            cache.expire(1);
            cache.invalidateByTag("tag");
            cache.clear();
            status.setRollbackOnly();
        });
        for (SpringCache node : new SpringCache[] {cache, elsewhere}) {
            assertThat(held(node, 1)).isEqualTo("old");
            assertThat(held(node, 2)).isEqualTo("old");
            assertThat(held(node, 3)).isEqualTo("nothing");
        }
        SpringCache restarted = cache(name, HERE);
        assertThat(held(restarted, 1)).isEqualTo("old");
        restarted.getNativeCache().close();
        assertThat(source.reads()).isEqualTo(before);
    }

    @Test
    void anEntryThatAReaderRefillsBeforeTheCommitIsEvictedByIt() {
        cached(1);
        source.transaction().executeWithoutResult(status -> {
            source.write(1, "new");
            cache.evict(1);
            onAnotherThread(() -> {
                elsewhere.evict(1);
                return read(elsewhere, 1);
            });
            assertThat(held(elsewhere, 1)).isEqualTo("old");
        });
        assertThat(read(cache, 1)).isEqualTo("new");
        awaitElsewhere(1, "new");
    }

    @Test
    void aLoadThatBeganBeforeTheCommitStoresNothingAfterIt() throws Exception {
        source.write(1, "old");
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch committed = new CountDownLatch(1);
        CompletableFuture<String> load = CompletableFuture.supplyAsync(
                () -> elsewhere.get(1, () -> {
                    String value = source.read(1);
                    hasRead.countDown();
                    committed.await();
                    return value;
                }),
                OTHER_THREAD);
        assertThat(hasRead.await(20, TimeUnit.SECONDS)).isTrue();
        source.transaction().executeWithoutResult(status -> {
            source.write(1, "new");
            cache.evict(1);
        });
        committed.countDown();
        load.get(20, TimeUnit.SECONDS);
        assertThat(read(cache, 1)).isEqualTo("new");
        awaitElsewhere(1, "new");
    }

    @Test
    void whatFailsAfterTheCommitIsThrownAndTheWritesAfterItAreDone() {
        cached(1);
        SpringCache closed = cache("closed", HERE);
        closed.getNativeCache().close();
        assertThatThrownBy(() -> source.transaction().executeWithoutResult(status -> {
                    source.write(1, "new");
                    closed.evict(7);
                    cache.put(2, new Unwritable());
                    cache.evict(1);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("eviction of key '7' in cache 'closed'")
                .hasMessageContaining("evict it again")
                .satisfies(failure -> assertThat(failure.getSuppressed()[0])
                        .hasMessageContaining("put of key '2' in cache '" + name + "'"));
        assertThat(held(cache, 1)).isEqualTo("nothing");
        awaitElsewhere(1, "new");
    }

    @Test
    void aPutThatFailsAfterTheCommitEvictsTheOldValue() {
        cached(1);
        assertThatThrownBy(() -> source.transaction().executeWithoutResult(status -> cache.put(1, new Unwritable())))
                .isInstanceOf(IllegalStateException.class);
        assertThat(held(cache, 1)).isEqualTo("nothing");
    }

    @Test
    void aTransactionOfWhichNobodyKnowsHowItEndedPutsNothingAndEvictsAllItWrote() {
        cached(1);
        cached(2);
        source.loseAnswers();
        assertThatThrownBy(() -> source.transaction().executeWithoutResult(status -> {
                    source.write(1, "new");
                    cache.put(1, "perhaps");
                    cache.evict(2);
                }))
                .isInstanceOf(TransactionSystemException.class);
        assertThat(held(cache, 1)).isEqualTo("nothing");
        assertThat(held(cache, 2)).isEqualTo("nothing");
        awaitElsewhere(1, "new");
    }

    @Test
    void anEvictionBySomebodyWhoHearsOfTheCommitIsDone() {
        cached(1);
        cached(2);
        source.transaction().executeWithoutResult(status -> {
            cache.put(3, "first");
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    cache.evict(1);
                    source.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
                            .executeWithoutResult(inner -> cache.put(4, "inner"));
                }

                @Override
                public void afterCompletion(int outcome) {
                    cache.evict(2);
                }
            });
        });
        assertThat(held(cache, 1)).isEqualTo("nothing");
        assertThat(held(cache, 2)).isEqualTo("nothing");
        assertThat(held(cache, 3)).isEqualTo("first");
        assertThat(held(cache, 4)).isEqualTo("inner");
    }

    // ---- transactions in transactions ----------------------------------------------------------------------------

    @Test
    void aNewTransactionInsideAnotherKnowsNothingOfItAndCommitsItsOwnWrites() {
        cached(1);
        cached(2);
        source.transaction().executeWithoutResult(outer -> {
            cache.put(1, "outer");
            source.transaction(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> {
                assertThat(read(cache, 1)).isEqualTo("old");
                cache.put(2, "inner");
            });
            assertThat(held(cache, 1)).isEqualTo("old");
            assertThat(held(cache, 2)).isEqualTo("inner");
            assertThat(read(cache, 1)).isEqualTo("outer");
            source.transaction(TransactionDefinition.PROPAGATION_NOT_SUPPORTED).executeWithoutResult(none -> {
                assertThat(read(cache, 1)).isEqualTo("old");
                cache.evict(2);
                assertThat(held(cache, 2)).isEqualTo("nothing");
            });
            outer.setRollbackOnly();
        });
        assertThat(held(cache, 1)).isEqualTo("old");
    }

    @Test
    void aRollbackToASavepointForgetsWhatWasWrittenAfterIt() {
        cached(1);
        cached(2);
        source.transaction().executeWithoutResult(outer -> {
            cache.put(1, "kept");
            source.transaction(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(nested -> {
                cache.put(1, "rolled back");
                cache.evict(2);
                assertThat(read(cache, 1)).isEqualTo("rolled back");
                nested.setRollbackOnly();
            });
            assertThat(read(cache, 1)).isEqualTo("kept");
            assertThat(read(cache, 2)).isEqualTo("old");
            source.transaction(TransactionDefinition.PROPAGATION_NESTED)
                    .executeWithoutResult(nested -> cache.put(3, "kept too"));
        });
        assertThat(held(cache, 1)).isEqualTo("kept");
        assertThat(held(cache, 2)).isEqualTo("old");
        assertThat(held(cache, 3)).isEqualTo("kept too");
    }

    @Test
    void aSavepointFromBeforeTheFirstWriteForgetsThemAll() {
        cached(1);
        source.transaction().executeWithoutResult(outer -> {
            Object savepoint = outer.createSavepoint();
            cache.evict(1);
            outer.rollbackToSavepoint(savepoint);
            assertThat(read(cache, 1)).isEqualTo("old");
        });
        assertThat(held(cache, 1)).isEqualTo("old");
    }
}
