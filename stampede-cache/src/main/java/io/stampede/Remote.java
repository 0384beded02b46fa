package io.stampede;

import io.stampede.spi.Claim;
import io.stampede.spi.Environment;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a cache with an L2 has beside L1: the gate, the outbox, and the translation between entries and envelopes. */
final class Remote<V> {

    private static final System.Logger LOG = System.getLogger(Remote.class.getName());
    private static final int OUTBOX_CAPACITY = 10_000;
    private static final int REMEMBERED_GENERATIONS = 16;

    final RemoteGate gate;
    final Outbox outbox = new Outbox(OUTBOX_CAPACITY);

    private final Environment environment;
    private final Settings<?, V> settings;
    private final Codec<V> codec;
    private final Set<Token> pastGenerations = new LinkedHashSet<>();
    private volatile boolean troubled;

    Remote(RemoteGate gate, Environment environment, Settings<?, V> settings, Codec<V> codec) {
        this.gate = gate;
        this.environment = environment;
        this.settings = settings;
        this.codec = codec;
    }

    /**
     * What was found in L2.
     *
     * @param stamp which bytes it was, for the claim that may follow
     * @param entry the entry if it can be served as fresh, else null
     * @param unknownGeneration not null if it can't be told whether the entry is of the past before L2 is asked
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Sighting<V>(
            byte[] stamp,
            @Nullable Entry<V> entry,
            @Nullable Token unknownGeneration) {}

    Sighting<V> examine(byte @Nullable [] bytes, Era era, @Nullable Entry<V> known) {
        byte[] stamp = Envelope.stamp(bytes);
        Envelope envelope = bytes == null ? null : Envelope.decode(bytes);
        if (envelope == null) {
            return new Sighting<>(stamp, null, null);
        }
        if (!envelope.generation().equals(era.generation)) {
            boolean past = isPast(envelope.generation());
            return new Sighting<>(stamp, null, past ? null : envelope.generation());
        }
        long now = environment.nanoTime();
        long freshUntil = gate.clock.nanosAt(envelope.freshUntilMicros(), now);
        if (freshUntil - now <= 0) {
            return new Sighting<>(stamp, null, null);
        }
        V value =
                known != null && known.version().equals(envelope.version()) ? known.value : decode(envelope.payload());
        if (value == null) {
            return new Sighting<>(stamp, null, null);
        }
        long deadAt = gate.clock.nanosAt(envelope.deadAtMicros(), now);
        return new Sighting<>(
                stamp,
                new Entry<>(value, envelope.version(), era, deadAt - freshUntil < 0 ? deadAt : freshUntil, deadAt),
                null);
    }

    /** Bytes that can't be decoded are a miss, whatever the codec throws. */
    private @Nullable V decode(ByteBuffer payload) {
        try {
            return codec.decode(payload);
        } catch (Exception | LinkageError | StackOverflowError e) {
            LOG.log(
                    System.Logger.Level.DEBUG,
                    () -> "Cache '" + settings.name() + "': an entry in L2 can't be decoded and will be replaced",
                    e);
            return null;
        }
    }

    Lease lease(String remoteKey, Token token, Claim.Granted granted, long claimedAt) {
        return new Lease(
                gate, environment, remoteKey, settings.leaseMillis(), token, granted.serverMicros(), claimedAt);
    }

    byte[] encode(V value) throws Exception {
        return codec.encode(value);
    }

    /** An entry on its way to L2, with its lifetime counted from {@code since}. */
    Stored store(Token version, byte[] payload, long since, long deltaNanos, Era era) {
        long freshUntil = gate.clock.earliestMicros(since) + settings.ttlNanos() / 1_000;
        byte[] bytes = Envelope.encode(version, freshUntil, freshUntil, deltaNanos, era.generation, payload);
        return new Stored(version, bytes, Math.floorDiv(freshUntil, 1_000L));
    }

    /** The L1 copy of a value that was loaded or put here; its lifetime ends no later than its L2 entry's. */
    Entry<V> localCopy(V value, Token version, long since, Era era) {
        long now = environment.nanoTime();
        long freshUntil = gate.clock.nanosAt(gate.clock.earliestMicros(since) + settings.ttlNanos() / 1_000, now);
        return new Entry<>(value, version, era, freshUntil, freshUntil);
    }

    boolean isPast(Token generation) {
        synchronized (pastGenerations) {
            return pastGenerations.contains(generation);
        }
    }

    void rememberPast(Token generation) {
        synchronized (pastGenerations) {
            pastGenerations.add(generation);
            if (pastGenerations.size() > REMEMBERED_GENERATIONS) {
                pastGenerations.remove(pastGenerations.iterator().next());
            }
        }
    }

    boolean isTroubled() {
        return troubled;
    }

    void setTroubled(boolean troubled) {
        this.troubled = troubled;
    }
}
