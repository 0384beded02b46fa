package io.stampede.redis;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Stored;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which zones a cache on a node trusts at a moment, to which it writes, which it hears and reads, and how it tells the time.
 *
 * <p>To the cache there is one clock. It is that of the zone heard, with a shift that stays the same as long as this zone is
 * heard and makes the clock go on when another takes its place; so what is of one zone keeps its order. A time for another
 * zone goes by what is known of the two clocks, rounded so that nothing lives too long there.
 *
 * <p>Times in microseconds.
 *
 * @param trusted the zones that have missed nothing, as far as is known, in the order that all nodes agree on
 * @param told those that are written to, but may still have missed something
 * @param away the others
 * @param heard the one whose bus is heard and that is read from; the last one that was, while none is trusted; null before
 *     there was any
 * @param shift what the cache's clock is ahead of that zone's
 */
record View(
        List<Member> trusted,
        List<Member> told,
        List<Member> away,
        @Nullable Member heard,
        long shift) {

    private static final byte FORMAT = 2;
    private static final int HEADER_BYTES = 82;
    private static final int[] TIMES = {17, 25, 33};

    /** Those to which a write of a key goes. */
    List<Member> written() {
        return Stream.concat(trusted.stream(), told.stream()).toList();
    }

    List<Member> untrusted() {
        return Stream.concat(told.stream(), away.stream()).toList();
    }

    boolean isLost() {
        return trusted.isEmpty();
    }

    /** The zone where it is decided who rebuilds, and which generation is the right one. */
    Member first() {
        return trusted.get(0);
    }

    /** A time of a zone's clock by the cache's. */
    long present(Member zone, long micros, long nowNanos) {
        return plus(micros, zone == heard ? shift : shift + reader().clock().leastAheadOf(zone.clock(), nowNanos));
    }

    /** How much later than by the cache's clock it is by a zone's, at least. */
    private long ahead(Member zone, long nowNanos) {
        return zone == heard ? -shift : zone.clock().leastAheadOf(reader().clock(), nowNanos) - shift;
    }

    long timeAt(Member zone, long micros, long nowNanos) {
        return plus(micros, ahead(zone, nowNanos));
    }

    /** An entry of the cache, as a zone is to store it. */
    Stored entryFor(Member zone, Stored entry, long nowNanos) {
        long ahead = ahead(zone, nowNanos);
        return ahead == 0
                ? entry
                : new Stored(
                        entry.version(),
                        moved(entry.bytes(), ahead),
                        plus(entry.expiresAtMillis(), Math.floorDiv(ahead, 1_000L)));
    }

    /** What was read in the zone heard. */
    byte @Nullable [] read(byte @Nullable [] bytes) {
        return bytes == null || shift == 0 ? bytes : moved(bytes, shift);
    }

    BusMessage told(BusMessage message) {
        return shift == 0
                ? message
                : new BusMessage(
                        message.kind(),
                        message.origin(),
                        plus(message.serverMicros(), shift),
                        message.revoked(),
                        message.sequence(),
                        message.token(),
                        message.detail(),
                        message.outcome(),
                        message.key());
    }

    /** The zone heard, where there has been one. */
    Member reader() {
        if (heard == null) {
            throw new IllegalStateException("No zone has been reached yet");
        }
        return heard;
    }

    private static byte[] moved(byte[] bytes, long micros) {
        if (bytes.length < HEADER_BYTES || bytes[0] != FORMAT) {
            return bytes;
        }
        ByteBuffer moved = ByteBuffer.wrap(bytes.clone());
        for (int at : TIMES) {
            moved.putLong(at, plus(moved.getLong(at), micros));
        }
        return moved.array();
    }

    /** An end of time stays one. */
    private static long plus(long time, long micros) {
        long sum = time + micros;
        boolean overflow = ((time ^ sum) & (micros ^ sum)) < 0;
        return overflow ? (micros < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
    }
}
