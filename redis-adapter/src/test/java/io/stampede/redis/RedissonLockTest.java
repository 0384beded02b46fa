package io.stampede.redis;

import static io.stampede.redis.RedisAdmin.bytes;
import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Token;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** What becomes of the lock that elects, and that the lease holds where the lock doesn't: KNOWN-BUGS 26 to 30. */
class RedissonLockTest {

    private static final RedisServer REDIS = RedisServer.start();
    private static final RedisAdmin ADMIN = new RedisAdmin(REDIS.uri());
    private static final RedissonClients CLIENTS = RedissonClients.of(REDIS.uri());
    private static final RedissonTier ONE = CLIENTS.connect();
    private static final RedissonTier OTHER = CLIENTS.connect();
    private static final byte[] UNSEEN = {};
    private static final long WATCHDOG_MILLIS = 30_000;

    private final String cache = "locks-" + token();
    private final byte[] lock = RedisKeys.onOneServer(cache).lock("k");
    private final RemoteTier one = ONE.tier(new RemoteNamespace(cache, token()));
    private final RemoteTier other = OTHER.tier(new RemoteNamespace(cache, token()));
    private final Token lease = token();
    private final Token otherLease = token();

    @AfterAll
    static void stop() {
        CLIENTS.close();
        ADMIN.close();
        REDIS.close();
    }

    @BeforeEach
    void empty() {
        ADMIN.redis().flushall();
    }

    private static CompletionStage<Claim> claim(RemoteTier tier, Token lease) {
        return tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, false);
    }

    private void isGranted(RemoteTier tier, Token lease) {
        assertThat(done(claim(tier, lease))).isInstanceOf(Claim.Granted.class);
    }

    private boolean isLocked() {
        return ADMIN.redis().exists(lock) == 1;
    }

    private void isUnlockedSoon() {
        eventually().until(() -> !isLocked());
    }

    /** As a process leaves it that dies or has not gone on yet. */
    private void isLockedBySomebody() {
        ADMIN.redis().hset(lock, bytes("a-client:1"), bytes("1"));
        ADMIN.redis().pexpire(lock, WATCHDOG_MILLIS);
    }

    private void isStillLockedBySomebody() {
        assertThat(ADMIN.redis().hgetall(lock)).hasSize(1);
        assertThat(ADMIN.redis().hget(lock, bytes("a-client:1"))).isEqualTo(bytes("1"));
    }

    @Test
    void whoLoadsHoldsTheLockAndItExpires() { // KNOWN-BUG 27
        isGranted(one, lease);
        assertThat(ADMIN.redis().pttl(lock)).isBetween(1L, WATCHDOG_MILLIS);
    }

    @Test
    void whoDoesNotGetTheLockWaitsForTheHoldersLease() {
        isGranted(one, lease);
        assertThat(done(claim(other, otherLease)))
                .isInstanceOfSatisfying(
                        Claim.Held.class, held -> assertThat(held.holder()).isEqualTo(lease));
    }

    @Test
    void aPublishFreesTheLock() {
        isGranted(one, lease);
        assertThat(done(one.publish("k", lease, entry()))).isEqualTo(Publication.PUBLISHED);
        isUnlockedSoon();
    }

    @Test
    void aRefusedPublishFreesTheLock() { // KNOWN-BUG 28
        isGranted(one, lease);
        done(other.invalidate("k"));
        assertThat(done(one.publish("k", lease, entry()))).isEqualTo(Publication.REFUSED);
        isUnlockedSoon();
    }

    @Test
    void aFailedLoadFreesTheLock() { // KNOWN-BUG 28
        isGranted(one, lease);
        done(one.release("k", lease, LoadOutcome.failed("java.io.IOException")));
        isUnlockedSoon();
    }

    @Test
    void aLostLeaseFreesTheLock() { // KNOWN-BUG 28
        isGranted(one, lease);
        done(other.invalidate("k"));
        assertThat(done(one.renew("k", lease, MINUTE_MILLIS))).isFalse();
        isUnlockedSoon();
    }

    @Test
    void aSupersededLoadThatJustStopsRenewingFreesTheLock() { // KNOWN-BUG 28
        done(one.claim("k", UNSEEN, lease, 150, false));
        isUnlockedSoon();
    }

    @Test
    void aValueFoundAtTheSecondLookFreesTheLock() {
        done(other.put("k", entry(), Long.MAX_VALUE));
        assertThat(done(claim(one, lease))).isInstanceOf(Claim.Found.class);
        isUnlockedSoon();
    }

    @Test
    void closingFreesTheLocks() { // KNOWN-BUG 28
        isGranted(one, lease);
        one.close();
        isUnlockedSoon();
    }

    @Test
    void whoForcesAsksNoLock() {
        isLockedBySomebody();
        ADMIN.resetStatistics();
        assertThat(done(one.claim("k", UNSEEN, lease, MINUTE_MILLIS, true))).isInstanceOf(Claim.Granted.class);
        assertThat(ADMIN.calls()).as("what asks for a lock").doesNotContainKey("hexists");
        done(one.publish("k", lease, entry()));
        isStillLockedBySomebody();
    }

    @Test
    void nobodyFreesAnothersLock() { // KNOWN-BUG 26
        isGranted(one, lease);
        ADMIN.redis().del(lock);
        isLockedBySomebody();
        ADMIN.resetStatistics();
        done(one.publish("k", lease, entry()));
        eventually().until(() -> ADMIN.calls().containsKey("hexists")); // it has tried to
        isStillLockedBySomebody();
    }

    /** A watchdog that stops, a failover that loses the lock: another gets it, and must not load. */
    @Test
    void aLostLockElectsNoSecondRebuilder() { // KNOWN-BUG 29, 30
        isGranted(one, lease);
        ADMIN.redis().del(lock);
        assertThat(done(claim(other, otherLease)))
                .isInstanceOfSatisfying(
                        Claim.Held.class, held -> assertThat(held.holder()).isEqualTo(lease));
        isUnlockedSoon();
        assertThat(done(one.publish("k", lease, entry()))).isEqualTo(Publication.PUBLISHED);
    }

    /** A failover that loses both: the new primary elects another, and the first can't publish over it. */
    @Test
    void whoLostLockAndLeaseIsRefused() { // KNOWN-BUG 29
        isGranted(one, lease);
        ADMIN.redis().flushall();
        isGranted(other, otherLease);
        assertThat(done(one.publish("k", lease, entry()))).isEqualTo(Publication.REFUSED);
        assertThat(done(other.publish("k", otherLease, entry()))).isEqualTo(Publication.PUBLISHED);
    }

    /** P2: the watchdog keeps a dead process's lock for 30 s. */
    @Test
    void aDeadHoldersLockKeepsNobodyOnceItsLeaseHasEnded() { // KNOWN-BUG 27
        isLockedBySomebody();
        isGranted(one, lease);
        isStillLockedBySomebody();
    }

    @Test
    void aWriteThatRevokesTheLeaseOpensTheKeyThoughItsLoaderStillHoldsTheLock() {
        isGranted(one, lease);
        done(other.invalidate("k"));
        isGranted(other, otherLease);
        assertThat(isLocked()).isTrue();
    }

    /** Between the lock and the lease: who lost the election must not be quicker than its winner. */
    @Test
    void theLocksHolderGoesFirst() {
        isLockedBySomebody();
        HeldTimer timer = new HeldTimer();
        RedissonClient client = CLIENTS.open();
        try (RedisTier connection = RedisTier.connect(REDIS.uri())) {
            RemoteTier withoutLocks = connection.tier(new RemoteNamespace(cache, token()));
            RemoteTier loser = new RedissonClaims(withoutLocks, RedisKeys.onOneServer(cache), client::getLock, timer);
            CompletionStage<Claim> losersClaim = claim(loser, otherLease);
            eventually().until(() -> !timer.waiting.isEmpty());
            isGranted(withoutLocks, lease);
            timer.waiting.remove().run();
            assertThat(done(losersClaim))
                    .isInstanceOfSatisfying(
                            Claim.Held.class, held -> assertThat(held.holder()).isEqualTo(lease));
        } finally {
            timer.shutdownNow();
        }
    }

    /** Time passes when the test says so. */
    private static final class HeldTimer extends ScheduledThreadPoolExecutor {

        final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

        HeldTimer() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            waiting.add(command);
            return super.schedule(() -> {}, 1, TimeUnit.DAYS);
        }
    }
}
