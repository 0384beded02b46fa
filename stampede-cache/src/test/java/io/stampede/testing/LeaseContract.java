package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Claim;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Who rebuilds: the part of {@link RemoteTier}'s contract that is about claims and leases. */
public abstract class LeaseContract extends RemoteContract {

    private final Token lease = token();
    private final Token other = token();

    private Claim claim(RemoteTier tier, Token offered) {
        return done(tier.claim("k", UNSEEN, offered, MINUTE_MILLIS, false));
    }

    private Publication publish(RemoteTier tier, Token held, Stored entry) {
        return done(tier.publish("k", held, entry));
    }

    @Test
    void anAbsentKeyIsGranted() {
        long before = serverMicros();
        Claim claim = claim(tier1, lease);
        assertThat(claim).isInstanceOf(Claim.Granted.class);
        assertThat(claim.serverMicros()).isBetween(before, serverMicros());
    }

    @Test
    void aKeyWithALeaseIsHeld() {
        claim(tier1, lease);
        long before = serverMicros();
        Claim claim = claim(tier2, other);
        assertThat(claim).isInstanceOfSatisfying(Claim.Held.class, held -> {
            assertThat(held.holder()).isEqualTo(lease);
            assertThat(held.remainingMillis()).isBetween(1L, MINUTE_MILLIS);
            assertThat(held.serverMicros()).isBetween(before, serverMicros());
        });
    }

    @Test
    void anEntryThatWasNotSeenIsFound() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        assertFound(claim(tier2, lease), entry);
        assertFound(done(tier2.claim("k", stamp(entry(token())), lease, MINUTE_MILLIS, false)), entry);
        assertThat(done(tier2.renew("k", lease, MINUTE_MILLIS))).isFalse();
    }

    @Test
    void anEntryThatWasNotSeenIsFoundBehindALease() {
        Stored seen = entry(token());
        put(tier1, "k", seen);
        done(tier1.claim("k", stamp(seen), lease, MINUTE_MILLIS, false));
        assertFound(done(tier2.claim("k", stamp(entry(token())), other, MINUTE_MILLIS, false)), seen);
    }

    @Test
    void theEntryThatWasSeenIsRebuilt() {
        Stored seen = entry(token());
        put(tier1, "k", seen);
        assertThat(done(tier1.claim("k", stamp(seen), lease, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
        assertThat(done(tier2.claim("k", stamp(seen), other, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Held.class);
        assertThat(done(tier2.get("k"))).isEqualTo(seen.bytes());
    }

    @Test
    void anEntryThatVanishedSinceItWasSeenIsRebuilt() {
        assertThat(done(tier1.claim("k", stamp(entry(token())), lease, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
    }

    @Test
    void bytesShorterThanAStampAreSeenWhole() {
        Stored garbage = bytes((byte) 1, (byte) 2, (byte) 3);
        put(tier1, "k", garbage);
        assertFound(claim(tier1, lease), garbage);
        assertFound(done(tier1.claim("k", new byte[] {1, 2}, lease, MINUTE_MILLIS, false)), garbage);
        assertThat(done(tier1.claim("k", new byte[] {1, 2, 3}, lease, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
    }

    @Test
    void anEmptyEntryIsNoEntry() {
        put(tier1, "k", bytes());
        assertThat(claim(tier1, lease)).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void aRepeatedClaimIsGrantedAgainAndProlongs() {
        done(tier1.claim("k", UNSEEN, lease, SHORT_MILLIS, false));
        assertThat(claim(tier1, lease)).isInstanceOf(Claim.Granted.class);
        passLeaseTime();
        assertThat(claim(tier2, other)).isInstanceOf(Claim.Held.class);
    }

    @Test
    void forceIsGrantedOverAnEntry() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        assertThat(done(tier1.claim("k", UNSEEN, lease, MINUTE_MILLIS, true))).isInstanceOf(Claim.Granted.class);
        assertThat(done(tier1.get("k"))).isEqualTo(entry.bytes());
    }

    @Test
    void forceTakesALeaseOver() {
        claim(tier1, lease);
        assertThat(done(tier2.claim("k", UNSEEN, other, MINUTE_MILLIS, true))).isInstanceOf(Claim.Granted.class);
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(publish(tier2, other, entry(token()))).isEqualTo(Publication.PUBLISHED);
    }

    @Test
    void aDeadHoldersLeaseDoesNotLast() { // KNOWN-BUG 27
        done(tier1.claim("k", UNSEEN, lease, SHORT_MILLIS, false));
        harness.pass(SHORT, () -> claim(tier2, other) instanceof Claim.Granted);
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).isNull();
        assertThat(done(tier2.renew("k", other, MINUTE_MILLIS))).isTrue();
    }

    @Test
    void anExpiredLeaseThatNobodyTookIsLostAllTheSame() {
        done(tier1.claim("k", UNSEEN, lease, SHORT_MILLIS, false));
        passLeaseTime();
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
    }

    @Test
    void aRenewedLeaseLasts() {
        done(tier1.claim("k", UNSEEN, lease, SHORT_MILLIS, false));
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isTrue();
        passLeaseTime();
        assertThat(claim(tier2, other)).isInstanceOf(Claim.Held.class);
    }

    @Test
    void nobodyRenewsAnothersLease() {
        done(tier1.claim("k", UNSEEN, lease, SHORT_MILLIS, false));
        assertThat(done(tier2.renew("k", other, MINUTE_MILLIS))).isFalse();
        assertThat(done(tier2.renew("none", other, MINUTE_MILLIS))).isFalse();
        harness.pass(SHORT, () -> claim(tier2, other) instanceof Claim.Granted);
    }

    @Test
    void publishStoresAndFreesTheLease() {
        claim(tier1, lease);
        Stored entry = entry(token());
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.PUBLISHED);
        assertThat(done(tier2.get("k"))).isEqualTo(entry.bytes());
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(done(tier2.claim("k", stamp(entry), other, MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
    }

    @Test
    void aRepeatedPublishIsMineAlready() {
        claim(tier1, lease);
        Stored entry = entry(token());
        publish(tier1, lease, entry);
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.ALREADY_MINE);
        done(tier2.claim("k", stamp(entry), other, MINUTE_MILLIS, false));
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.ALREADY_MINE);
        assertThat(done(tier2.renew("k", other, MINUTE_MILLIS))).isTrue();
    }

    @Test
    void aRepeatedPublishIsNotMineOnceAnotherWriteCame() {
        claim(tier1, lease);
        Stored entry = entry(token());
        publish(tier1, lease, entry);
        done(tier2.expire("k"));
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.REFUSED);
        put(tier2, "k", entry(token()));
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.REFUSED);
        done(tier2.invalidate("k"));
        assertThat(publish(tier1, lease, entry)).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).isNull();
    }

    @Test
    void aPublishWithoutALeaseIsRefused() {
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        claim(tier2, other);
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).isNull();
        assertThat(done(tier2.renew("k", other, MINUTE_MILLIS))).isTrue();
    }

    @Test
    void aLoadThatBeganBeforeAPutDoesNotReplaceIt() { // KNOWN-BUG 1, 4
        claim(tier1, lease);
        Stored newer = entry(token());
        put(tier2, "k", newer);
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).isEqualTo(newer.bytes());
    }

    @Test
    void aLoadThatBeganBeforeAnInvalidationIsNotStored() { // KNOWN-BUG 1
        claim(tier1, lease);
        done(tier2.invalidate("k"));
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).isNull();
    }

    @Test
    void aLoadThatBeganBeforeAnExpireIsNotStored() {
        Stored old = entry(token());
        put(tier1, "k", old);
        done(tier1.claim("k", stamp(old), lease, MINUTE_MILLIS, false));
        done(tier2.expire("k"));
        assertThat(done(tier1.renew("k", lease, MINUTE_MILLIS))).isFalse();
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(done(tier1.get("k"))).startsWith(stamp(old));
    }

    @Test
    void aLateLoadDoesNotPassForTheOneThatFollowedTheInvalidation() { // KNOWN-BUG 3
        claim(tier1, lease);
        done(tier2.invalidate("k"));
        assertThat(claim(tier2, other)).isInstanceOf(Claim.Granted.class);
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(publish(tier2, other, entry(token()))).isEqualTo(Publication.PUBLISHED);
    }

    @Test
    void releaseFreesTheLease() {
        claim(tier1, lease);
        done(tier1.release("k", lease, LoadOutcome.absent(Token.NONE)));
        assertThat(publish(tier1, lease, entry(token()))).isEqualTo(Publication.REFUSED);
        assertThat(claim(tier2, other)).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void nobodyReleasesAnothersLease() { // KNOWN-BUG 26
        claim(tier2, other);
        done(tier1.release("k", lease, LoadOutcome.ABANDONED));
        done(tier1.release("none", lease, LoadOutcome.ABANDONED));
        assertThat(done(tier2.renew("k", other, MINUTE_MILLIS))).isTrue();
        assertThat(publish(tier2, other, entry(token()))).isEqualTo(Publication.PUBLISHED);
    }

    @Test
    void ofManyClaimsAtOnceOneIsGranted() throws Exception {
        int threads = 16;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 50; round++) {
                String key = "round-" + round;
                CyclicBarrier barrier = new CyclicBarrier(threads);
                List<Future<CompletionStage<Claim>>> claims = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    RemoteTier tier = i % 2 == 0 ? tier1 : tier2;
                    claims.add(pool.submit(() -> {
                        barrier.await();
                        return tier.claim(key, UNSEEN, token(), MINUTE_MILLIS, false);
                    }));
                }
                int granted = 0;
                for (Future<CompletionStage<Claim>> each : claims) {
                    granted += done(each.get()) instanceof Claim.Granted ? 1 : 0;
                }
                assertThat(granted).as(key).isEqualTo(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** A lease of the same length that begins now: when that has ended, so has any that began before. */
    private void passLeaseTime() {
        done(tier1.claim("witness", UNSEEN, token(), SHORT_MILLIS, false));
        harness.pass(
                SHORT, () -> done(tier1.claim("witness", UNSEEN, other, SHORT_MILLIS, false)) instanceof Claim.Granted);
    }

    private static void assertFound(Claim claim, Stored entry) {
        assertThat(claim)
                .isInstanceOfSatisfying(
                        Claim.Found.class, found -> assertThat(found.bytes()).isEqualTo(entry.bytes()));
    }
}
