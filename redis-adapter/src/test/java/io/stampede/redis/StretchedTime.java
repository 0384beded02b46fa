package io.stampede.redis;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Stored;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A moment of simulated time, as a real server lives it whose clock can't be set. Whatever the server is told or keeps is
 * as far from its own present as it is from the simulated one, but stretched: a simulated microsecond takes eight seconds
 * there. So however long it takes until a command is carried out, it is the same simulated microsecond, and both stores
 * must agree on each of them. What can't be seen this way is how Redis rounds to milliseconds.
 *
 * <p>Times in microseconds since the epoch.
 *
 * @param simulated the moment
 * @param server when it began on the server's clock
 */
record StretchedTime(long simulated, long server) {

    /** Whole milliseconds, so that nothing is rounded where Redis counts in these. */
    private static final long STRETCH = 8_000_000;

    /** What a server's look at its clock and at a key's TTL, one after the other, can differ by. */
    private static final long LOOK_MICROS = 1_000_000;

    /** In Lua, greater numbers are rounded. */
    private static final long LATEST = 1L << 53;

    /** What lies before or behind these means long ago, or for ever, and stays what it is. */
    private static final long LONG_AGO = 1L << 40;

    private static final byte FORMAT = 2;
    private static final int FRESH_UNTIL = 17;
    private static final int DEAD_AT = 25;
    private static final int TAGS_LENGTH = 74;
    private static final int PAYLOAD_LENGTH = 78;
    private static final int HEADER_BYTES = 82;

    /** The moment is the server's present one, which began just before now: something may end as it begins. */
    static StretchedTime begin(long simulated) {
        return new StretchedTime(simulated, (System.currentTimeMillis() - 2) * 1_000);
    }

    /** Whether it is still the same moment. */
    boolean isStill(long serverMicros) {
        return serverMicros > server && serverMicros < server + STRETCH - LOOK_MICROS;
    }

    /** The first moment on the server at which it is this late: for what is no longer so from then on. */
    long toServer(long micros) {
        if (!isTime(micros)) {
            return micros;
        }
        long there = stretched(micros);
        if (!isTime(there)) {
            throw new IllegalArgumentException(micros + " is too far from " + simulated);
        }
        return there;
    }

    private static boolean isTime(long micros) {
        return micros > LONG_AGO && micros < LATEST;
    }

    private long stretched(long micros) {
        return Math.addExact(server, Math.multiplyExact(micros - simulated, STRETCH));
    }

    /** The last moment on the server at which it is this late: for what is still so then. */
    long toServersLast(long micros) {
        return isTime(micros) ? toServer(micros) + STRETCH - 1 : micros;
    }

    /** When a key ends, in milliseconds; no script reckons with that. */
    long endOnServer(long micros) {
        return Math.max(1, stretched(micros) / 1_000);
    }

    static long ttlOnServer(long millis) {
        return millis * STRETCH;
    }

    long toSimulated(long serverMicros) {
        return isTime(serverMicros) ? passed(serverMicros) : serverMicros;
    }

    private long passed(long serverMicros) {
        return simulated + Math.floorDiv(serverMicros - server, STRETCH);
    }

    /** When something ends that the server, at a time, says to live on for so long. */
    long endSimulated(long serverMicros, long ttlMillis) {
        return passed((serverMicros / 1_000 + ttlMillis) * 1_000 + LOOK_MICROS);
    }

    /** How long something lives on of which the server says so; it is the begun microsecond's whole. */
    static long ttlSimulated(long ttlMillis) {
        return -Math.floorDiv(-ttlMillis * 1_000, STRETCH) / 1_000;
    }

    Stored toServer(Stored entry) {
        return new Stored(entry.version(), toServer(entry.bytes()), endOnServer(entry.expiresAtMillis() * 1_000));
    }

    /** Envelopes, with those of their times that a store looks at; anything else as it is. */
    byte[] toServer(byte[] value) {
        ByteBuffer moved = ByteBuffer.wrap(value.clone());
        for (int at : envelopes(value)) {
            move(moved, at + FRESH_UNTIL, this::toServer);
            move(moved, at + DEAD_AT, this::toServersLast);
        }
        return moved.array();
    }

    byte[] toSimulated(byte[] value) {
        ByteBuffer moved = ByteBuffer.wrap(value.clone());
        for (int at : envelopes(value)) {
            move(moved, at + FRESH_UNTIL, this::toSimulated);
            move(moved, at + DEAD_AT, this::toSimulated);
        }
        return moved.array();
    }

    private static void move(ByteBuffer value, int at, LongUnaryOperator translation) {
        value.putLong(at, translation.applyAsLong(value.getLong(at)));
    }

    /** Where envelopes begin; none if the value is anything else. */
    private static List<Integer> envelopes(byte[] value) {
        ByteBuffer all = ByteBuffer.wrap(value);
        List<Integer> starts = new ArrayList<>();
        long at = 0;
        while (at < value.length) {
            int start = (int) at;
            if (value.length - start < HEADER_BYTES || value[start] != FORMAT) {
                return List.of();
            }
            starts.add(start);
            at += HEADER_BYTES
                    + Integer.toUnsignedLong(all.getInt(start + TAGS_LENGTH))
                    + Integer.toUnsignedLong(all.getInt(start + PAYLOAD_LENGTH));
        }
        return at == value.length ? starts : List.of();
    }

    BusMessage toSimulated(BusMessage message) {
        return new BusMessage(
                message.kind(),
                message.origin(),
                toSimulated(message.serverMicros()),
                message.revoked(),
                message.sequence(),
                message.token(),
                message.detail(),
                message.outcome(),
                message.key());
    }
}
