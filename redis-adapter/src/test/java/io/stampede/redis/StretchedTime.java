package io.stampede.redis;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Stored;
import java.nio.ByteBuffer;

/**
 * A moment of simulated time, as a real server lives it whose clock can't be set. Whatever the server is told or keeps is
 * as far from its own present as it is from the simulated one, but stretched: a simulated microsecond takes eight seconds
 * there. So however long it takes until a command is carried out, it is the same simulated microsecond, and both stores
 * must agree on each of them.
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
        long there = stretched(micros);
        if (there < 0 || there >= LATEST) {
            throw new IllegalArgumentException(micros + " is too far from " + simulated);
        }
        return there;
    }

    private long stretched(long micros) {
        return Math.addExact(server, Math.multiplyExact(micros - simulated, STRETCH));
    }

    /** The last moment on the server at which it is this late: for what is still so then. */
    long toServersLast(long micros) {
        return toServer(micros) + STRETCH - 1;
    }

    /** When a key ends, in milliseconds; no script reckons with that. */
    long endOnServer(long micros) {
        return Math.max(1, stretched(micros) / 1_000);
    }

    static long ttlOnServer(long millis) {
        return millis * STRETCH;
    }

    long toSimulated(long serverMicros) {
        return simulated + Math.floorDiv(serverMicros - server, STRETCH);
    }

    /** When something ends that the server, at a time, says to live on for so long. */
    long endSimulated(long serverMicros, long ttlMillis) {
        return toSimulated((serverMicros / 1_000 + ttlMillis) * 1_000 + LOOK_MICROS);
    }

    /** How long something lives on of which the server says so; it is the begun microsecond's whole. */
    static long ttlSimulated(long ttlMillis) {
        return -Math.floorDiv(-ttlMillis * 1_000, STRETCH) / 1_000;
    }

    Stored toServer(Stored entry) {
        return new Stored(entry.version(), toServer(entry.bytes()), endOnServer(entry.expiresAtMillis() * 1_000));
    }

    /** Envelopes, with those of their times that a store looks at. */
    byte[] toServer(byte[] envelopes) {
        ByteBuffer moved = ByteBuffer.wrap(envelopes.clone());
        for (int at = 0; at < envelopes.length; at = next(moved, at)) {
            moved.putLong(at + FRESH_UNTIL, toServer(moved.getLong(at + FRESH_UNTIL)));
            moved.putLong(at + DEAD_AT, toServersLast(moved.getLong(at + DEAD_AT)));
        }
        return moved.array();
    }

    byte[] toSimulated(byte[] envelopes) {
        ByteBuffer moved = ByteBuffer.wrap(envelopes.clone());
        for (int at = 0; at < envelopes.length; at = next(moved, at)) {
            moved.putLong(at + FRESH_UNTIL, toSimulated(moved.getLong(at + FRESH_UNTIL)));
            moved.putLong(at + DEAD_AT, toSimulated(moved.getLong(at + DEAD_AT)));
        }
        return moved.array();
    }

    private static int next(ByteBuffer envelopes, int at) {
        return at + HEADER_BYTES + envelopes.getInt(at + TAGS_LENGTH) + envelopes.getInt(at + PAYLOAD_LENGTH);
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
