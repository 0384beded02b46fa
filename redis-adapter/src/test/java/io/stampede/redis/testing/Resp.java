package io.stampede.redis.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** As much of Redis's protocol, version 2 or 3, as it takes to tell one reply from the next. */
final class Resp {

    /** The reply's end has not been received yet. */
    static final int INCOMPLETE = -1;
    /** No reply begins here. */
    static final int MALFORMED = -2;

    private static final Set<String> MESSAGES = Set.of("message", "pmessage", "smessage");
    private static final int LONGEST_NUMBER = 20;

    private Resp() {}

    /** Where the reply that begins here ends, or one of the constants above. */
    static int end(ByteBuf in, int from) {
        if (from >= in.writerIndex()) {
            return INCOMPLETE;
        }
        byte type = in.getByte(from);
        boolean knownType = "+-:,_#($=!*~>%|".indexOf(type) >= 0;
        int feed = knownType ? in.indexOf(from, in.writerIndex(), (byte) '\n') : MALFORMED;
        if (feed < 0) {
            return feed;
        }
        int next = feed + 1;
        return switch (type) {
            case '$', '=', '!' -> endOfBytes(in, next, number(in, from, feed));
            case '*', '~', '>' -> endOfReplies(in, next, number(in, from, feed));
            case '%' -> endOfReplies(in, next, 2 * number(in, from, feed));
            case '|' -> endOfReplies(in, next, 2 * number(in, from, feed) + 1); // the reply that has the attribute
            default -> next;
        };
    }

    private static int endOfBytes(ByteBuf in, int from, long count) {
        if (count < 0) {
            return count == -1 ? from : MALFORMED;
        }
        long end = from + count + 2;
        return end <= in.writerIndex() ? (int) end : INCOMPLETE;
    }

    private static int endOfReplies(ByteBuf in, int from, long count) {
        if (count < -1) {
            return MALFORMED;
        }
        int end = from;
        for (long i = 0; i < count && end >= 0; i++) {
            end = end(in, end);
        }
        return end;
    }

    /** The number between the type and the line's end, far below zero if there is none. */
    private static long number(ByteBuf in, int from, int feed) {
        if (feed - from - 2 > LONGEST_NUMBER) {
            return Integer.MIN_VALUE;
        }
        try {
            return Integer.parseInt(in.toString(from + 1, Math.max(0, feed - from - 2), StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return Integer.MIN_VALUE;
        }
    }

    /**
     * What was published, if this complete reply is a message to a subscriber, else null. In version 2 a list of three
     * strings looks the same.
     */
    static byte @Nullable [] published(ByteBuf reply) {
        int from = reply.readerIndex();
        byte type = reply.getByte(from);
        if (type != '*' && type != '>') {
            return null;
        }
        List<byte[]> strings = new ArrayList<>();
        int at = reply.indexOf(from, reply.writerIndex(), (byte) '\n') + 1;
        while (at < reply.writerIndex()) {
            if (reply.getByte(at) != '$' || strings.size() == 4) {
                return null;
            }
            int end = end(reply, at);
            int begin = reply.indexOf(at, end, (byte) '\n') + 1;
            strings.add(ByteBufUtil.getBytes(reply, begin, Math.max(0, end - 2 - begin)));
            at = end;
        }
        boolean message =
                strings.size() >= 3 && MESSAGES.contains(new String(strings.get(0), StandardCharsets.ISO_8859_1));
        return message ? strings.get(strings.size() - 1) : null;
    }
}
