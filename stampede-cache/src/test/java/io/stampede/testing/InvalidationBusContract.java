package io.stampede.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.BusMessage;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.RemoteTier.Receipt;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What each node hears, and in which order. */
public abstract class InvalidationBusContract extends RemoteContract {

    private static final String END = "end-";

    private final Token lease = token();
    private final RecordingSubscriber ear1 = new RecordingSubscriber();
    private final RecordingSubscriber ear2 = new RecordingSubscriber();

    private Subscription subscription1;

    @BeforeEach
    void listenOnBothNodes() {
        subscription1 = connection1.bus(node1).subscribe(ear1);
        connection2.bus(node2).subscribe(ear2);
        ear1.awaitEvents("up");
        ear2.awaitEvents("up");
    }

    private void claim(String key) {
        done(tier1.claim(key, UNSEEN, lease, MINUTE_MILLIS, true));
    }

    /**
     * What the second node has heard up to now: a last write in each part ends the list, since the messages of a part keep
     * their order.
     */
    private List<BusMessage> heard() {
        return heard(ear2);
    }

    private List<BusMessage> heard(RecordingSubscriber ear) {
        Map<Integer, String> ends = new HashMap<>();
        while (ends.size() < tier1.parts()) {
            String end = END + token();
            ends.putIfAbsent(tier1.part(end), end);
        }
        ends.values().forEach(end -> done(tier1.invalidate(end)));
        ear.awaitMessagesOf(ends.values());
        return ear.messages().stream()
                .filter(message -> !message.key().startsWith(END))
                .toList();
    }

    @Test
    void aPutIsHeardByAllWithTheLeaseItRevoked() {
        claim("k");
        Stored entry = entry(token());
        Receipt receipt = done(tier1.put("k", entry, Long.MAX_VALUE));
        BusMessage expected = new BusMessage(
                Kind.PUT, node1.node(), receipt.serverMicros(), lease, 1, entry.version(), "", null, "k");
        assertThat(heard(ear1)).containsExactly(expected);
        assertThat(heard(ear2)).startsWith(expected);
    }

    @Test
    void aPublishIsHeard() {
        claim("k");
        Stored entry = entry(token());
        long before = serverMicros();
        done(tier1.publish("k", lease, entry));
        long after = serverMicros();
        assertThat(heard()).singleElement().satisfies(message -> {
            assertThat(message.serverMicros()).isBetween(before, after);
            assertThat(message)
                    .isEqualTo(new BusMessage(
                            Kind.PUBLISHED,
                            node1.node(),
                            message.serverMicros(),
                            Token.NONE,
                            1,
                            entry.version(),
                            "",
                            null,
                            "k"));
        });
    }

    @Test
    void anInvalidationIsHeard() {
        claim("k");
        Receipt first = done(tier1.invalidate("k"));
        Receipt second = done(tier2.invalidate("k"));
        assertThat(heard())
                .containsExactly(
                        plain(Kind.INVALIDATED, node1, first, lease, 1),
                        plain(Kind.INVALIDATED, node2, second, Token.NONE, 2));
    }

    @Test
    void anExpireIsHeard() {
        claim("k");
        Receipt first = done(tier1.expire("k"));
        put(tier1, "k", entry(token()));
        Receipt second = done(tier2.expire("k"));
        assertThat(heard())
                .hasSize(3)
                .startsWith(plain(Kind.EXPIRED, node1, first, lease, 1))
                .endsWith(plain(Kind.EXPIRED, node2, second, Token.NONE, 3));
    }

    private static BusMessage plain(Kind kind, RemoteNamespace node, Receipt receipt, Token revoked, long sequence) {
        return new BusMessage(kind, node.node(), receipt.serverMicros(), revoked, sequence, Token.NONE, "", null, "k");
    }

    @Test
    void aReleaseIsHeardWithItsOutcome() {
        for (LoadOutcome outcome : List.of(
                LoadOutcome.ABANDONED,
                LoadOutcome.absent(Token.NONE),
                LoadOutcome.NOT_STORABLE,
                LoadOutcome.NOT_STORED,
                LoadOutcome.failed("com.example.Überraschung😀$1"),
                LoadOutcome.failed("x".repeat(1_000)),
                LoadOutcome.answered("com.example.NotFound"))) {
            claim("k");
            done(tier1.release("k", lease, outcome));
            assertThat(heard()).last().satisfies(message -> {
                assertThat(message.kind()).isEqualTo(Kind.RELEASED);
                assertThat(message.origin()).isEqualTo(node1.node());
                assertThat(message.token()).isEqualTo(lease);
                assertThat(message.outcome()).isEqualTo(outcome.kind());
                assertThat(message.detail()).isEqualTo(outcome.detail());
                assertThat(message.key()).isEqualTo("k");
            });
        }
    }

    @Test
    void aClearIsHeard() {
        Token generation = token();
        Receipt receipt = done(tier1.clear(generation, MINUTE_MILLIS));
        assertThat(heard())
                .containsExactly(new BusMessage(
                        Kind.CLEARED, node1.node(), receipt.serverMicros(), Token.NONE, 1, generation, "", null, ""));
    }

    @Test
    void anInvalidatedTagIsHeard() {
        Map<Integer, Long> told = new HashMap<>(); // each time with that of the end of what is heard
        for (String tag : List.of("tag", "", "}{ä😀")) {
            long sequence = told.merge(tier1.part(tag), 1L, Long::sum);
            Token generation = token();
            Receipt receipt = done(tier1.invalidateTag(tag, generation, MINUTE_MILLIS));
            assertThat(heard())
                    .last()
                    .isEqualTo(new BusMessage(
                            Kind.TAG_INVALIDATED,
                            node1.node(),
                            receipt.serverMicros(),
                            Token.NONE,
                            sequence,
                            generation,
                            "",
                            null,
                            tag));
            for (int part = 0; part < tier1.parts(); part++) {
                told.merge(part, 1L, Long::sum);
            }
        }
    }

    @Test
    void whatChangesNothingIsNotHeard() {
        Stored entry = entry(token());
        claim("mine");
        done(tier1.publish("mine", lease, entry));
        assertThat(heard()).hasSize(1);
        done(tier1.publish("mine", lease, entry));
        done(tier1.publish("none", lease, entry));
        done(tier1.put("k", entry, serverMicros() - 1));
        claim("k");
        done(tier2.release("k", token(), LoadOutcome.ABANDONED));
        done(tier1.renew("k", lease, MINUTE_MILLIS));
        done(tier1.get("k"));
        done(tier1.getAll(List.of("k", "mine")));
        done(tier1.tag("t", token(), MINUTE_MILLIS));
        done(tier1.generation(0, token(), MINUTE_MILLIS));
        assertThat(heard()).hasSize(1);
    }

    @Test
    void messagesComeInTheOrderOfTheWrites() { // KNOWN-BUG 11
        List<String> expected = new ArrayList<>();
        List<String> keys = inOnePart(3);
        for (int i = 0; i < 200; i++) {
            String key = keys.get(i % 3);
            expected.add(key + " "
                    + done((i % 2 == 0 ? tier1 : tier2).put(key, entry(token()), Long.MAX_VALUE))
                            .serverMicros());
        }
        for (RecordingSubscriber ear : List.of(ear1, ear2)) {
            assertThat(heard(ear).stream().filter(message -> message.kind() == Kind.PUT))
                    .extracting(message -> message.key() + " " + message.serverMicros())
                    .containsExactlyElementsOf(expected);
        }
    }

    private List<String> inOnePart(int count) {
        return Stream.iterate(0, i -> i + 1)
                .map(i -> "k" + i)
                .filter(key -> tier1.part(key) == tier1.part("k0"))
                .limit(count)
                .toList();
    }

    @Test
    void eachNameIsInOneOfTheParts() {
        for (String name : AWKWARD_KEYS) {
            assertThat(tier1.part(name)).isBetween(0, tier1.parts() - 1).isEqualTo(tier2.part(name));
        }
        assertThat(Stream.iterate(0, i -> i + 1).limit(1_000).map(i -> tier1.part("k" + i)))
                .contains(IntStream.range(0, tier1.parts()).boxed().toArray(Integer[]::new));
    }

    /** P7: nobody can miss a message and not know, since each write's has the next number, and L2 tells the last. */
    @Test
    void messagesAreNumberedWithoutAGapInTheirPart() {
        claim("k");
        done(tier1.publish("k", lease, entry(token())));
        done(tier2.put("k", entry(token()), Long.MAX_VALUE));
        done(tier1.expire("k"));
        claim("k");
        done(tier1.release("k", lease, LoadOutcome.absent(Token.NONE)));
        done(tier2.clear(token(), MINUTE_MILLIS));
        done(tier1.invalidateTag("t", token(), MINUTE_MILLIS));
        done(tier2.invalidate("k"));
        List<BusMessage> heard = heard();
        assertThat(heard).hasSize(7);
        for (int part = 0; part < tier1.parts(); part++) {
            int which = part;
            List<Long> numbers = heard.stream()
                    .filter(message -> partOf(message) == which)
                    .map(BusMessage::sequence)
                    .toList();
            long withItsEnd = numbers.size() + 1;
            assertThat(numbers)
                    .containsExactlyElementsOf(
                            LongStream.range(1, withItsEnd).boxed().toList());
            assertThat(done(tier1.generation(part, token(), MINUTE_MILLIS)).sequence())
                    .isEqualTo(withItsEnd);
        }
    }

    private int partOf(BusMessage message) {
        return message.kind() == Kind.CLEARED ? 0 : tier1.part(message.key());
    }

    @Test
    void numbersAreOfOneCache() {
        done(tier1.invalidate("k"));
        RemoteTier other = connection1.tier(new RemoteNamespace(cache + "2", token()));
        done(other.invalidate("k"));
        int part = tier1.part("k");
        assertThat(done(other.generation(part, token(), MINUTE_MILLIS)).sequence())
                .isEqualTo(1);
        assertThat(done(tier1.generation(part, token(), MINUTE_MILLIS)).sequence())
                .isEqualTo(1);
    }

    @Test
    void keysComeOutAsTheyWentIn() {
        AWKWARD_KEYS.forEach(key -> done(tier1.invalidate(key)));
        assertThat(heard()).extracting(BusMessage::key).containsExactlyInAnyOrderElementsOf(AWKWARD_KEYS);
    }

    @Test
    void othersCachesAreNotHeard() {
        for (String name : List.of(cache + "2", cache + ":bus", "x" + cache)) {
            done(connection1.tier(new RemoteNamespace(name, token())).invalidate("k"));
        }
        assertThat(heard()).isEmpty();
    }

    @Test
    void subscribersOfOneBusAreIndependent() { // KNOWN-BUG 51
        InvalidationBus bus = connection1.bus(node1);
        RecordingSubscriber third = new RecordingSubscriber();
        Subscription subscription3 = bus.subscribe(third);
        third.awaitEvents("up");
        done(tier2.invalidate("k"));
        assertThat(heard(third)).hasSize(1);
        assertThat(heard(ear1)).hasSize(1);
        subscription1.close();
        subscription1.close();
        int before = ear1.messages().size();
        done(tier2.invalidate("k"));
        assertThat(heard(third)).hasSize(1 + 1);
        assertThat(heard(ear2)).isNotEmpty();
        assertThat(ear1.messages()).hasSize(before);
        subscription3.close();
        RecordingSubscriber fourth = new RecordingSubscriber();
        bus.subscribe(fourth);
        fourth.awaitEvents("up");
        done(tier2.invalidate("k"));
        assertThat(heard(fourth)).hasSize(1);
    }

    @Test
    void whoClosesOnAMessageHearsNoOther() {
        ear1.onEachMessage(subscription1::close);
        List<CompletionStage<Receipt>> burst = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            burst.add(tier2.invalidate("k" + i));
        }
        burst.forEach(RemoteContract::done);
        assertThat(heard()).hasSize(100);
        assertThat(ear1.messages()).hasSize(1); // of different parts, the first that comes need not be the first sent
    }

    @Test
    void aSubscriberThatFailsDisturbsNobody() {
        RecordingSubscriber failing = new RecordingSubscriber();
        failing.onEachMessage(() -> {
            throw new IllegalStateException("A subscriber that fails, as the test wants it");
        });
        connection2.bus(node2).subscribe(failing);
        failing.awaitEvents("up");
        RecordingSubscriber next = new RecordingSubscriber();
        connection2.bus(node2).subscribe(next);
        next.awaitEvents("up");
        done(tier1.invalidate("k"));
        assertThat(heard(next)).hasSize(1);
        assertThat(heard(failing)).hasSize(1);
    }

    @Test
    void aBusThatIsLostSaysSoAndComesBack() { // KNOWN-BUG 7
        harness.loseBus();
        harness.mendBus();
        ear1.awaitEvents("up", "down", "up");
        ear2.awaitEvents("up", "down", "up");
        done(tier1.invalidate("k"));
        assertThat(heard(ear1)).extracting(BusMessage::key).containsExactly("k");
        assertThat(heard(ear2)).extracting(BusMessage::key).contains("k");
    }

    @Test
    void whatCanNotBeReadIsToldAsSuch() {
        harness.sendRaw(cache, new byte[0]);
        harness.sendRaw(cache, "garbage".getBytes(StandardCharsets.US_ASCII));
        byte[] newer = new byte[100];
        Arrays.fill(newer, 0, 16, (byte) '1');
        Arrays.fill(newer, 32, 48, (byte) '1');
        newer[BusMessage.HEAD_BYTES] = 2;
        harness.sendRaw(cache, newer);
        byte[] ofNoKind = newer.clone();
        ofNoKind[BusMessage.HEAD_BYTES] = 1;
        for (byte code : new byte[] {-1, 0, 32, 127}) {
            ofNoKind[BusMessage.HEAD_BYTES + 1] = code;
            harness.sendRaw(cache, ofNoKind);
        }
        ear2.awaitEvents("up", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown");
        done(tier1.invalidate("k"));
        assertThat(heard()).hasSize(1);
    }
}
