package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.Claim;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Publication;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two versions of an application at work on the same keys: the part of {@link RemoteTier}'s contract on schemas. */
public abstract class SchemaContract extends RemoteContract {

    private static final long BEFORE = 0x1122334455667788L;
    private static final long AFTER = -2;

    private final Token lease = token();
    private final Token other = token();

    private RemoteTier before;
    private RemoteTier after;

    @BeforeEach
    void deployANewVersionBesideTheOldOne() {
        before = connection1.tier(new RemoteNamespace(cache, token(), BEFORE));
        after = connection2.tier(new RemoteNamespace(cache, token(), AFTER));
    }

    private Stored entryOf(long schema) {
        return bytes(envelope(token(), schema, 8));
    }

    private Stored publish(RemoteTier tier, Stored entry) {
        done(tier.claim("k", UNSEEN, lease, MINUTE_MILLIS, true));
        assertThat(done(tier.publish("k", lease, entry))).isEqualTo(Publication.PUBLISHED);
        return entry;
    }

    private byte[] publishedBefore() {
        return publish(before, entryOf(BEFORE)).bytes();
    }

    private byte[] publishedAfter() {
        return publish(after, entryOf(AFTER)).bytes();
    }

    private Claim claim(RemoteTier tier, byte[] seen) {
        return done(tier.claim("k", seen, other, MINUTE_MILLIS, false));
    }

    private static byte[] stamp(byte[] envelope) {
        return Arrays.copyOf(envelope, RemoteTier.STAMP_BYTES);
    }

    private void assertBothRead(byte[] byTheOne, byte[] byTheOther) {
        assertThat(done(before.get("k"))).isEqualTo(byTheOne);
        assertThat(done(after.get("k"))).isEqualTo(byTheOther);
        assertThat(done(before.getAll(List.of("none", "k")))).containsExactly(null, byTheOne);
        assertThat(done(after.getAll(List.of("none", "k")))).containsExactly(null, byTheOther);
    }

    @Test
    void aPublishLeavesTheOthersEntryReadable() {
        byte[] one = publishedBefore();
        assertBothRead(one, null);
        assertBothRead(one, publishedAfter());
        byte[] another = publishedAfter();
        assertBothRead(one, another);
        assertBothRead(publishedBefore(), another);
    }

    @Test
    void entriesOfAnySizeStandSideBySide() {
        byte[] empty = publish(before, bytes(envelope(token(), BEFORE, 0))).bytes();
        byte[] large = publish(after, bytes(envelope(token(), AFTER, 1 << 20))).bytes();
        assertBothRead(empty, large);
        byte[] small = publishedBefore();
        assertBothRead(small, large);
        assertFound(claim(after, UNSEEN), large);
        assertBothRead(small, publish(after, bytes(envelope(token(), AFTER, 0))).bytes());
    }

    @Test
    void noSchemaIsASchemaOfItsOwn() {
        byte[] one = publishedBefore();
        byte[] plain = publish(tier1, entry(token())).bytes();
        assertThat(done(tier2.get("k"))).isEqualTo(plain);
        assertBothRead(one, null);
    }

    @Test
    void aClaimIsNotAnsweredByTheOthersEntry() {
        byte[] one = publishedBefore();
        assertThat(claim(after, UNSEEN)).isInstanceOf(Claim.Granted.class);
        assertFound(claim(before, UNSEEN), one);
    }

    @Test
    void aClaimIsAnsweredByTheOwnEntryBesideTheOthers() {
        byte[] one = publishedBefore();
        byte[] two = publishedAfter();
        assertFound(claim(before, UNSEEN), one);
        assertFound(claim(after, UNSEEN), two);
        assertFound(claim(before, stamp(two)), one);
        assertFound(claim(after, stamp(one)), two);
        assertThat(claim(after, stamp(two))).isInstanceOf(Claim.Granted.class);
        assertThat(claim(before, stamp(one))).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void thereIsOneLeaseForAll() {
        byte[] two = publishedAfter();
        done(before.claim("k", UNSEEN, lease, MINUTE_MILLIS, false));
        assertThat(claim(after, stamp(two)))
                .isInstanceOfSatisfying(
                        Claim.Held.class, held -> assertThat(held.holder()).isEqualTo(lease));
        done(before.publish("k", lease, entryOf(BEFORE)));
        assertThat(claim(after, stamp(two))).isInstanceOf(Claim.Granted.class);
    }

    @Test
    void aRepeatedPublishIsMineAlreadyWhereverItStands() {
        Stored one = publish(before, entryOf(BEFORE));
        Stored two = publish(after, entryOf(AFTER));
        assertThat(done(before.publish("k", lease, one))).isEqualTo(Publication.ALREADY_MINE);
        assertThat(done(after.publish("k", lease, two))).isEqualTo(Publication.ALREADY_MINE);
        done(before.expire("k"));
        assertThat(done(before.publish("k", lease, one))).isEqualTo(Publication.REFUSED);
        assertThat(done(after.publish("k", lease, two))).isEqualTo(Publication.REFUSED);
    }

    @Test
    void aPutOfOneRemovesTheOthers() {
        publishedBefore();
        publishedAfter();
        Stored put = entryOf(BEFORE);
        put(before, "k", put);
        assertBothRead(put.bytes(), null);
        Stored next = entryOf(AFTER);
        put(after, "k", next);
        assertBothRead(null, next.bytes());
    }

    @Test
    void anInvalidationRemovesAll() {
        publishedBefore();
        publishedAfter();
        done(before.invalidate("k"));
        assertBothRead(null, null);
    }

    @Test
    void anExpiryMakesAllStale() {
        byte[] one = publishedBefore();
        byte[] two = withLong(envelope(token(), AFTER, 100), FRESH_UNTIL, 7);
        publish(after, bytes(two));
        byte[] three = publish(tier1, entry(token())).bytes();
        long now = done(after.expire("k")).serverMicros();
        assertBothRead(withLong(one, FRESH_UNTIL, now), two);
        assertThat(done(tier1.get("k"))).isEqualTo(withLong(three, FRESH_UNTIL, now));
    }

    @Test
    void aShorterLifetimeDoesNotShortenTheOthers() {
        byte[] one = publishedBefore();
        publish(after, stored(entryOf(AFTER).bytes(), SHORT_MILLIS));
        publish(before, stored(one, SHORT_MILLIS));
        passTtl();
        assertThat(done(before.get("k"))).isEqualTo(one);
    }

    @Test
    void aLongerLifetimeIsThatOfAll() {
        publish(before, stored(entryOf(BEFORE).bytes(), SHORT_MILLIS));
        byte[] two = publishedAfter();
        passTtl();
        assertThat(done(after.get("k"))).isEqualTo(two);
    }

    @Test
    void withoutOthersTheLifetimeIsThatOfTheNewOne() {
        publishedBefore();
        publish(before, stored(entryOf(BEFORE).bytes(), SHORT_MILLIS));
        harness.pass(SHORT, () -> done(before.get("k")) == null);
        publish(before, bytes(withLong(envelope(token(), BEFORE, 8), DEAD_AT, 1)));
        publish(after, stored(entryOf(AFTER).bytes(), SHORT_MILLIS));
        harness.pass(SHORT, () -> done(after.get("k")) == null);
    }

    @Test
    void theDeadAreNotKept() {
        for (long deadAt : new long[] {serverMicros() - 1, 0, -1, Long.MIN_VALUE}) {
            publish(before, bytes(withLong(envelope(token(), BEFORE, 8), DEAD_AT, deadAt)));
            assertBothRead(null, publishedAfter());
        }
        byte[] undying = withLong(envelope(token(), BEFORE, 8), DEAD_AT, Long.MAX_VALUE);
        publish(before, bytes(undying));
        assertBothRead(undying, publishedAfter());
    }

    @Test
    void theFourYoungestOfTheOthersAreKept() {
        List<byte[]> entries = new ArrayList<>();
        LongStream.range(0, 7)
                .forEach(schema ->
                        entries.add(publish(ofSchema(schema), entryOf(schema)).bytes()));
        assertThat(done(ofSchema(0).get("k"))).isNull();
        assertThat(done(ofSchema(1).get("k"))).isNull();
        for (int schema = 2; schema < 7; schema++) {
            assertThat(done(ofSchema(schema).get("k"))).isEqualTo(entries.get(schema));
        }
    }

    @Test
    void whoPublishesAgainIsAmongTheYoungest() {
        LongStream.range(0, 5).forEach(schema -> publish(ofSchema(schema), entryOf(schema)));
        publish(ofSchema(0), entryOf(0));
        publish(ofSchema(5), entryOf(5));
        assertThat(done(ofSchema(0).get("k"))).isNotNull();
        assertThat(done(ofSchema(1).get("k"))).isNull();
    }

    private RemoteTier ofSchema(long schema) {
        return connection1.tier(new RemoteNamespace(cache, token(), schema));
    }

    @Test
    void whatIsNoSequenceOfEnvelopesIsHandedOutWholeAndReplaced() {
        byte[] one = envelope(token(), BEFORE, 8);
        byte[] two = envelope(token(), AFTER, 8);
        byte[] otherFormat = two.clone();
        otherFormat[0] = 1;
        for (byte[] garbage : List.of(
                concat(one, new byte[] {2}),
                concat(one, Arrays.copyOf(two, HEADER_BYTES - 1)),
                concat(one, Arrays.copyOf(two, HEADER_BYTES)),
                concat(one, Arrays.copyOf(two, two.length - 1)),
                concat(one, otherFormat),
                concat(otherFormat, one),
                concat(one, two, new byte[100]),
                concat(one, withInt(two, PAYLOAD_LENGTH, -1)),
                concat(one, withInt(two, TAG_LENGTH, Integer.MIN_VALUE)),
                concat(one, withInt(withInt(two, TAG_LENGTH, Integer.MAX_VALUE), PAYLOAD_LENGTH, Integer.MAX_VALUE)),
                concat(one, withInt(withInt(two, TAG_LENGTH, -1), PAYLOAD_LENGTH, two.length - HEADER_BYTES + 1)),
                concat(withInt(one, PAYLOAD_LENGTH, 7), two),
                Arrays.copyOf(one, one.length - 1))) {
            put(before, "k", bytes(garbage));
            assertBothRead(garbage, garbage);
            assertFound(claim(before, UNSEEN), garbage);
            assertFound(claim(after, UNSEEN), garbage);
            assertThat(claim(after, stamp(garbage))).isInstanceOf(Claim.Granted.class);
            assertThat(done(before.publish("k", lease, bytes(garbage)))).isEqualTo(Publication.REFUSED);
            assertBothRead(null, publishedAfter());
            put(before, "k", bytes(garbage));
            done(before.expire("k"));
            assertBothRead(null, null);
        }
    }

    /** An entry that lives as long and is written now: when it is gone, so is what was to live as long before. */
    private void passTtl() {
        put(tier1, "witness", entry(token(), SHORT_MILLIS));
        harness.pass(SHORT, () -> done(tier1.get("witness")) == null);
    }

    private static byte[] withInt(byte[] bytes, int at, int value) {
        return ByteBuffer.wrap(bytes.clone()).putInt(at, value).array();
    }

    private static byte[] concat(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private static void assertFound(Claim claim, byte[] expected) {
        assertThat(claim)
                .isInstanceOfSatisfying(
                        Claim.Found.class, found -> assertThat(found.bytes()).isEqualTo(expected));
    }
}
