package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Claim;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.RemoteTier.TagGeneration;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Entries, writes and generations: the part of {@link RemoteTier}'s contract that is not about leases. */
public abstract class RemoteTierContract extends RemoteContract {

    private final Token lease = token();

    private void claim(String key) {
        done(tier1.claim(key, UNSEEN, lease, MINUTE_MILLIS, true));
    }

    private boolean holds(String key) {
        return done(tier1.renew(key, lease, MINUTE_MILLIS));
    }

    @Test
    void thereIsNothingAtFirst() {
        assertThat(done(tier1.get("k"))).isNull();
    }

    @Test
    void whatIsPutIsThereForAllNodes() {
        Stored entry = bytes(envelope(token(), 1 << 20));
        long before = serverMicros();
        Receipt receipt = done(tier1.put("k", entry, Long.MAX_VALUE));
        assertThat(receipt.applied()).isTrue();
        assertThat(receipt.revoked()).isEqualTo(Token.NONE);
        assertThat(receipt.serverMicros()).isBetween(before, serverMicros());
        assertThat(done(tier2.get("k"))).isEqualTo(entry.bytes());
        Stored newer = entry(token());
        put(tier2, "k", newer);
        assertThat(done(tier1.get("k"))).isEqualTo(newer.bytes());
    }

    @Test
    void severalAreReadInTheOrderOfTheirKeys() {
        Stored first = entry(token());
        Stored second = entry(token());
        put(tier1, "first", first);
        put(tier1, "second", second);
        put(tier1, "garbage", bytes((byte) 2, (byte) 1));
        assertThat(done(tier2.getAll(List.of("second", "none", "first", "garbage", "second"))))
                .containsExactly(second.bytes(), null, first.bytes(), new byte[] {2, 1}, second.bytes());
        done(tier1.invalidate("second"));
        assertThat(done(tier2.getAll(List.of("second")))).containsExactly((byte[]) null);
        assertThat(done(tier2.getAll(List.of()))).isEmpty();
    }

    @Test
    void severalAreReadWhateverTheirKeys() {
        List<byte[]> entries = new ArrayList<>();
        for (String key : AWKWARD_KEYS) {
            Stored entry = entry(token());
            put(tier1, key, entry);
            entries.add(entry.bytes());
        }
        assertThat(done(tier2.getAll(AWKWARD_KEYS))).containsExactlyElementsOf(entries);
    }

    @Test
    void everyWriteNamesTheLeaseThatItRevoked() {
        claim("k");
        assertThat(done(tier2.put("k", entry(token()), Long.MAX_VALUE)).revoked())
                .isEqualTo(lease);
        assertThat(holds("k")).isFalse();
        claim("k");
        assertThat(done(tier2.invalidate("k")).revoked()).isEqualTo(lease);
        assertThat(holds("k")).isFalse();
        claim("k");
        assertThat(done(tier2.expire("k")).revoked()).isEqualTo(lease);
        assertThat(holds("k")).isFalse();
        assertThat(done(tier2.put("k", entry(token()), Long.MAX_VALUE)).revoked())
                .isEqualTo(Token.NONE);
        assertThat(done(tier2.expire("k")).revoked()).isEqualTo(Token.NONE);
        assertThat(done(tier2.invalidate("k")).revoked()).isEqualTo(Token.NONE);
    }

    @Test
    void aPutThatComesTooLateChangesNothing() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        claim("k");
        long before = serverMicros();
        Receipt receipt = done(tier2.put("k", entry(token()), before - 1));
        assertThat(receipt.applied()).isFalse();
        assertThat(receipt.revoked()).isEqualTo(Token.NONE);
        assertThat(receipt.serverMicros()).isBetween(before, serverMicros());
        assertThat(done(tier1.get("k"))).isEqualTo(entry.bytes());
        assertThat(holds("k")).isTrue();
    }

    @Test
    void aPutThatComesInTimeIsCarriedOut() {
        long inAMinute = serverMicros() + MINUTE_MILLIS * 1_000;
        assertThat(done(tier1.put("k", entry(token()), inAMinute)).applied()).isTrue();
        assertThat(done(tier1.get("k"))).isNotNull();
    }

    @Test
    void anEntryIsGoneWhenItHasExpired() {
        put(tier1, "put", entry(token(), SHORT_MILLIS));
        claim("published");
        done(tier1.publish("published", lease, entry(token(), SHORT_MILLIS)));
        assertThat(done(tier2.get("put"))).isNotNull();
        harness.pass(SHORT, () -> done(tier2.get("put")) == null);
        harness.pass(SHORT, () -> done(tier2.get("published")) == null);
        assertThat(done(tier2.claim("put", UNSEEN, token(), MINUTE_MILLIS, false)))
                .isInstanceOf(Claim.Granted.class);
    }

    @Test
    void aWriteThatHasExpiredAlreadyLeavesNothing() {
        for (long ttl : new long[] {-1, -MINUTE_MILLIS, -serverMicros() / 1_000, -2 * (serverMicros() / 1_000)}) {
            put(tier1, "k", entry(token()));
            assertThat(done(tier1.put("k", entry(token(), ttl), Long.MAX_VALUE)).applied())
                    .isTrue();
            assertThat(done(tier2.get("k"))).isNull();
            claim("k");
            done(tier1.publish("k", lease, entry(token(), ttl)));
            assertThat(done(tier2.get("k"))).isNull();
            assertThat(holds("k")).isFalse();
        }
    }

    @Test
    void aValueAndItsLifetimeAreNeverOfTwoWrites() { // KNOWN-BUG 42
        put(tier1, "longer", entry(token(), SHORT_MILLIS));
        put(tier1, "longer", entry(token(), MINUTE_MILLIS));
        put(tier1, "shorter", entry(token(), MINUTE_MILLIS));
        put(tier1, "shorter", entry(token(), SHORT_MILLIS));
        harness.pass(SHORT, () -> done(tier1.get("shorter")) == null);
        assertThat(done(tier1.get("longer"))).isNotNull();
    }

    @Test
    void anInvalidatedEntryIsGone() {
        put(tier1, "k", entry(token()));
        assertThat(done(tier2.invalidate("k")).applied()).isTrue();
        assertThat(done(tier1.get("k"))).isNull();
        assertThat(done(tier2.invalidate("k")).applied()).isTrue();
    }

    @Test
    void anExpiredEntryKeepsAllButItsFreshness() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        Receipt receipt = done(tier2.expire("k"));
        assertThat(receipt.applied()).isTrue();
        assertThat(done(tier1.get("k"))).isEqualTo(withLong(entry.bytes(), FRESH_UNTIL, receipt.serverMicros()));
    }

    @Test
    void anEntryThatIsStaleAlreadyStaysAsItIs() {
        for (long freshUntil : new long[] {serverMicros(), 1, 0, -1, Long.MIN_VALUE}) {
            byte[] stale = withLong(envelope(token(), 8), FRESH_UNTIL, freshUntil);
            put(tier1, "k", bytes(stale));
            done(tier1.expire("k"));
            assertThat(done(tier1.get("k"))).isEqualTo(stale);
        }
    }

    @Test
    void expiringAgainDoesNotMakeFresher() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        long first = done(tier1.expire("k")).serverMicros();
        done(tier2.expire("k"));
        assertThat(done(tier1.get("k"))).isEqualTo(withLong(entry.bytes(), FRESH_UNTIL, first));
    }

    @Test
    void anEntryThatIsFreshForEverIsMadeStale() {
        byte[] forEver = withLong(envelope(token(), 8), FRESH_UNTIL, Long.MAX_VALUE);
        put(tier1, "k", bytes(forEver));
        long expired = done(tier1.expire("k")).serverMicros();
        assertThat(done(tier1.get("k"))).isEqualTo(withLong(forEver, FRESH_UNTIL, expired));
    }

    @Test
    void anExpiredEntryKeepsItsLifetimeInTheStore() {
        put(tier1, "k", entry(token(), SHORT_MILLIS));
        done(tier1.expire("k"));
        harness.pass(SHORT, () -> done(tier1.get("k")) == null);
    }

    @Test
    void expireRemovesWhatIsNoEnvelope() {
        byte[] otherFormat = envelope(token(), 0);
        otherFormat[0] = 1;
        byte[] tooShort = Arrays.copyOf(envelope(token(), 0), HEADER_BYTES - 1);
        for (byte[] bytes :
                new byte[][] {{}, {2}, "garbage".getBytes(StandardCharsets.US_ASCII), otherFormat, tooShort}) {
            put(tier1, "k", bytes(bytes));
            done(tier1.expire("k"));
            assertThat(done(tier1.get("k"))).isNull();
        }
        put(tier1, "k", bytes(envelope(token(), 0)));
        done(tier1.expire("k"));
        assertThat(done(tier1.get("k"))).isNotNull();
    }

    @Test
    void expireLeavesNothingWhereNothingWas() {
        assertThat(done(tier1.expire("k")).applied()).isTrue();
        assertThat(done(tier1.get("k"))).isNull();
    }

    @Test
    void theFirstCandidateIsTheGeneration() {
        Token first = token();
        long before = serverMicros();
        Generation generation = done(tier1.generation(0, first, MINUTE_MILLIS));
        assertThat(generation.token()).isEqualTo(first);
        assertThat(generation.serverMicros()).isBetween(before, serverMicros());
        assertThat(done(tier2.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(first);
        assertThat(done(tier1.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(first);
    }

    @Test
    void aLostGenerationIsReplacedByOneNeverUsed() {
        Token first = token();
        Token second = token();
        done(tier1.generation(0, first, SHORT_MILLIS));
        passTtl();
        assertThat(done(tier2.generation(0, second, MINUTE_MILLIS)).token()).isEqualTo(second);
        assertThat(done(tier1.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(second);
    }

    @Test
    void askingForTheGenerationProlongsIt() {
        Token first = token();
        done(tier1.generation(0, first, SHORT_MILLIS));
        done(tier2.generation(0, token(), MINUTE_MILLIS));
        passTtl();
        assertThat(done(tier1.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(first);
    }

    @Test
    void clearMovesToANewGenerationAndTouchesNoEntry() {
        put(tier1, "k", entry(token()));
        done(tier1.generation(0, token(), MINUTE_MILLIS));
        Token next = token();
        Receipt receipt = done(tier2.clear(next, MINUTE_MILLIS));
        assertThat(receipt.applied()).isTrue();
        assertThat(receipt.revoked()).isEqualTo(Token.NONE);
        assertThat(done(tier1.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(next);
        assertThat(done(tier1.get("k"))).isNotNull();
    }

    @Test
    void theFirstCandidateIsATagsGeneration() {
        Token first = token();
        long before = serverMicros();
        TagGeneration tag = done(tier1.tag("t", first, MINUTE_MILLIS));
        assertThat(tag.token()).isEqualTo(first);
        assertThat(tag.sinceMicros()).isZero();
        assertThat(tag.serverMicros()).isBetween(before, serverMicros());
        TagGeneration again = done(tier2.tag("t", token(), MINUTE_MILLIS));
        assertThat(again.token()).isEqualTo(first);
        assertThat(again.sinceMicros()).isZero();
        assertThat(again.serverMicros()).isGreaterThanOrEqualTo(tag.serverMicros());
    }

    @Test
    void anInvalidatedTagHasANewGenerationAndTouchesNoEntry() {
        Stored entry = entry(token());
        put(tier1, "t", entry);
        done(tier1.tag("t", token(), MINUTE_MILLIS));
        for (Token next : List.of(token(), token())) {
            Receipt receipt = done(tier2.invalidateTag("t", next, MINUTE_MILLIS));
            assertThat(receipt.applied()).isTrue();
            assertThat(receipt.revoked()).isEqualTo(Token.NONE);
            TagGeneration tag = done(tier1.tag("t", token(), MINUTE_MILLIS));
            assertThat(tag.token()).isEqualTo(next);
            assertThat(tag.sinceMicros()).isEqualTo(receipt.serverMicros());
        }
        assertThat(done(tier1.get("t"))).isEqualTo(entry.bytes());
    }

    @Test
    void aTagThatNobodyHasUsedCanBeInvalidated() {
        Token next = token();
        done(tier1.invalidateTag("t", next, MINUTE_MILLIS));
        assertThat(done(tier2.tag("t", token(), MINUTE_MILLIS)).token()).isEqualTo(next);
    }

    @Test
    void aLostTagIsReplacedByOneNeverUsed() {
        Token second = token();
        done(tier1.tag("unused", token(), SHORT_MILLIS));
        done(tier1.invalidateTag("invalidated", token(), SHORT_MILLIS));
        passTtl();
        for (String tag : List.of("unused", "invalidated")) {
            TagGeneration found = done(tier2.tag(tag, second, MINUTE_MILLIS));
            assertThat(found.token()).isEqualTo(second);
            assertThat(found.sinceMicros()).isZero();
        }
    }

    @Test
    void askingForATagProlongsIt() {
        Token next = token();
        long invalidated = done(tier1.invalidateTag("t", next, SHORT_MILLIS)).serverMicros();
        done(tier2.tag("t", token(), MINUTE_MILLIS));
        passTtl();
        TagGeneration tag = done(tier1.tag("t", token(), MINUTE_MILLIS));
        assertThat(tag.token()).isEqualTo(next);
        assertThat(tag.sinceMicros()).isEqualTo(invalidated);
    }

    @Test
    void noTwoTagsCollideNorDoTheyWithKeysAndCaches() {
        RemoteTier neighbour = connection1.tier(new RemoteNamespace(cache + ":t", token()));
        Map<String, Token> tags = new LinkedHashMap<>();
        AWKWARD_KEYS.forEach(tag -> tags.put(tag, token()));
        tags.forEach((tag, generation) -> done(tier1.invalidateTag(tag, generation, MINUTE_MILLIS)));
        for (String each : AWKWARD_KEYS) {
            put(tier1, each, entry(token()));
            done(neighbour.invalidateTag(each, token(), MINUTE_MILLIS));
            done(neighbour.invalidate(each));
        }
        tags.forEach((tag, generation) -> assertThat(
                        done(tier2.tag(tag, token(), MINUTE_MILLIS)).token())
                .as("tag '%s'", tag)
                .isEqualTo(generation));
    }

    @Test
    void aClearLeavesTagsAlone() {
        Token first = token();
        done(tier1.tag("t", first, MINUTE_MILLIS));
        done(tier1.clear(token(), MINUTE_MILLIS));
        assertThat(done(tier1.tag("t", token(), MINUTE_MILLIS)).token()).isEqualTo(first);
    }

    @Test
    void theClockNeverGoesBack() {
        long last = 0;
        for (int i = 0; i < 100; i++) {
            long now = done((i % 2 == 0 ? tier1 : tier2).invalidate("k")).serverMicros();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
    }

    @Test
    void noTwoKeysCollide() { // KNOWN-BUG 43
        Map<String, Stored> entries = new LinkedHashMap<>();
        AWKWARD_KEYS.forEach(key -> entries.put(key, entry(token())));
        entries.forEach((key, entry) -> put(tier1, key, entry));
        AWKWARD_KEYS.forEach(this::claim);
        entries.forEach((key, entry) ->
                assertThat(done(tier2.get(key))).as("key '%s'", key).isEqualTo(entry.bytes()));
        for (String key : AWKWARD_KEYS) {
            assertThat(done(tier2.invalidate(key)).revoked())
                    .as("lease of '%s'", key)
                    .isEqualTo(lease);
            entries.remove(key);
            assertThat(done(tier2.get(key))).isNull();
            entries.forEach((untouched, entry) -> assertThat(done(tier2.get(untouched)))
                    .as("key '%s' after '%s' was invalidated", untouched, key)
                    .isEqualTo(entry.bytes()));
        }
    }

    @Test
    void cachesDoNotDisturbEachOther() {
        RemoteTier neighbour = connection1.tier(new RemoteNamespace(cache + ":g", token()));
        RemoteTier other = connection1.tier(new RemoteNamespace(cache + "2", token()));
        Stored entry = entry(token());
        put(tier1, "k", entry);
        claim("k");
        Token generation = done(tier1.generation(0, token(), MINUTE_MILLIS)).token();
        for (RemoteTier each : new RemoteTier[] {neighbour, other}) {
            assertThat(done(each.get("k"))).isNull();
            assertThat(done(each.invalidate("k")).revoked()).isEqualTo(Token.NONE);
            done(each.clear(token(), MINUTE_MILLIS));
        }
        assertThat(done(tier1.get("k"))).isEqualTo(entry.bytes());
        assertThat(holds("k")).isTrue();
        assertThat(done(tier1.generation(0, token(), MINUTE_MILLIS)).token()).isEqualTo(generation);
    }

    @Test
    void closingAViewLeavesTheDataAndTheConnection() {
        Stored entry = entry(token());
        put(tier1, "k", entry);
        tier1.close();
        tier1.close();
        assertThat(done(connection1.tier(node1).get("k"))).isEqualTo(entry.bytes());
    }

    /** An entry that lives as long and is written now: when it is gone, so is what was to live as long before. */
    private void passTtl() {
        put(tier1, "witness", entry(token(), SHORT_MILLIS));
        harness.pass(SHORT, () -> done(tier1.get("witness")) == null);
    }
}
