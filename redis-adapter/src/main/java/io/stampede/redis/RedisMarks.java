package io.stampede.redis;

import static io.stampede.redis.RedisKeys.ascii;

import io.stampede.spi.BusMessage;
import io.stampede.spi.BusMessage.Kind;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** The marks of a cache in one Redis: a hash with a field for each node and zone. */
final class RedisMarks implements Marks {

    private static final byte[] WHENEVER = {};

    private final RedisCommands redis;
    private final RedisKeys keys;
    private final Token node;

    RedisMarks(RedisCommands redis, RedisKeys keys, Token node) {
        this.redis = redis;
        this.keys = keys;
        this.node = node;
    }

    @Override
    public CompletionStage<Seen> look() {
        return redis.run(Script.LOOK, only()).thenApply(RedisMarks::seen);
    }

    private static Seen seen(List<Object> answer) {
        List<Mark> marks = new ArrayList<>();
        for (int i = 1; i + 1 < answer.size(); i += 2) {
            byte[] field = (byte[]) answer.get(i);
            if (field.length > Token.BYTES) {
                byte[] zone = Arrays.copyOfRange(field, Token.BYTES, field.length);
                marks.add(new Mark(
                        Token.read(ByteBuffer.wrap(field)),
                        new String(zone, StandardCharsets.US_ASCII),
                        Long.parseLong(new String((byte[]) answer.get(i + 1), StandardCharsets.US_ASCII))));
            }
        }
        return new Seen((Long) answer.get(0), marks);
    }

    @Override
    public CompletionStage<?> mark(String zone, long ttlMillis) {
        return redis.run(Script.MARK, only(), field(node, zone), number(ttlMillis));
    }

    @Override
    public CompletionStage<?> unmark(String zone) {
        return redis.run(Script.UNMARK, only(), field(node, zone), WHENEVER);
    }

    @Override
    public CompletionStage<Boolean> remove(Mark mark) {
        return redis.run(Script.UNMARK, only(), field(mark.node(), mark.zone()), number(mark.sinceMicros()))
                .thenApply(RedisMarks::isYes);
    }

    @Override
    public CompletionStage<Boolean> adopt(Token seen, Token next, String from, long ttlMillis) {
        return redis.run(
                        Script.ADOPT,
                        new byte[][] {keys.state(0), keys.marks()},
                        seen.toBytes(),
                        next.toBytes(),
                        ascii(from),
                        number(ttlMillis),
                        ascii(keys.channel()),
                        BusMessage.encodeTail(Kind.CLEARED, node, next, ""))
                .thenApply(RedisMarks::isYes);
    }

    @Override
    public CompletionStage<Boolean> adoptTag(String tag, Token seen, Token next, String from, long ttlMillis) {
        return redis.run(
                        Script.ADOPT_TAG,
                        new byte[][] {keys.tag(tag), keys.stateOf(tag), keys.marks()},
                        seen.toBytes(),
                        next.toBytes(),
                        ascii(from),
                        number(ttlMillis),
                        ascii(keys.channel()),
                        BusMessage.encodeTail(Kind.TAG_INVALIDATED, node, next, tag))
                .thenApply(RedisMarks::isYes);
    }

    private static boolean isYes(List<Object> answer) {
        return (Long) answer.get(0) == 1;
    }

    private byte[][] only() {
        return new byte[][] {keys.marks()};
    }

    private static byte[] field(Token node, String zone) {
        byte[] name = ascii(zone);
        return ByteBuffer.allocate(Token.BYTES + name.length)
                .put(node.toBytes())
                .put(name)
                .array();
    }

    private static byte[] number(long number) {
        return ascii(Long.toString(number));
    }
}
