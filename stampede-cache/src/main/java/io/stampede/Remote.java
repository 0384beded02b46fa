package io.stampede;

import io.stampede.Outbox.Item;
import io.stampede.spi.Claim;
import io.stampede.spi.Environment;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a cache with an L2 has beside L1: the gate, the outbox, and the translation between entries and envelopes. */
final class Remote<V> {

    private static final int REMEMBERED_GENERATIONS = 16;
    private static final int MOST_NOT_NEARBY = 10_000;

    final RemoteGate gate;

    private final Hearing hearing;
    final Outbox outbox;
    final RecentWrites acknowledged;

    /** What a copy of L2 that is behind may not know of: this node's writes, and those of others that it has heard of. */
    final RecentWrites notNearby;

    private final Environment environment;
    private final Settings<?, V> settings;
    private final Values<V> values;
    private final Set<Token> pastGenerations = new LinkedHashSet<>();
    private volatile boolean troubled;

    /** For each part, in which session it was last seen to remember what this node knows. */
    private final AtomicLongArray provenSessions;

    Remote(RemoteGate gate, Hearing hearing, Environment environment, Settings<?, V> settings, Values<V> values) {
        this.gate = gate;
        this.hearing = hearing;
        this.provenSessions = new AtomicLongArray(gate.parts());
        this.environment = environment;
        this.outbox = new Outbox(settings.away().maxQueuedInvalidations());
        this.acknowledged = new RecentWrites(
                settings.away().maxQueuedInvalidations(), settings.away().failoverWindow());
        this.notNearby = new RecentWrites(MOST_NOT_NEARBY, gate.nearbyLagNanos());
        this.settings = settings;
        this.values = values;
    }

    /**
     * What was found in L2.
     *
     * @param stamp which bytes it was, for the claim that may follow
     * @param entry the entry if it can be served, fresh or stale; else null
     * @param unknownGeneration not null if it can't be told whether the entry is of the past before L2 is asked
     * @param unknownTags the tags of which the same is true
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Sighting<V>(
            byte[] stamp,
            @Nullable Entry<V> entry,
            @Nullable Token unknownGeneration,
            Set<String> unknownTags) {

        boolean isCertain() {
            return unknownGeneration == null && unknownTags.isEmpty();
        }

        private static <V> Sighting<V> unusable(byte[] stamp) {
            return new Sighting<>(stamp, null, null, Set.of());
        }

        private static <V> Sighting<V> unseen() {
            return unusable(Envelope.NO_STAMP);
        }
    }

    /**
     * Judges what was found.
     *
     * @param known what L1 has, whose value needn't be decoded again if it is the same version
     */
    Sighting<V> examine(String remoteKey, byte @Nullable [] bytes, Era era, @Nullable Entry<V> known, Tags tags) {
        byte[] stamp = Envelope.stamp(bytes);
        Envelope envelope = bytes == null ? null : Envelope.decode(bytes);
        if (envelope == null || envelope.header().schema() != values.schema) {
            if (bytes != null) {
                values.undecodable(null);
            }
            return Sighting.unusable(stamp);
        }
        Token generation = envelope.header().generation();
        if (!generation.equals(era.generation)) {
            return isPast(generation) ? Sighting.unusable(stamp) : new Sighting<>(stamp, null, generation, Set.of());
        }
        if (!gate.clock(remoteKey).isBounded()) {
            return Sighting.unseen(); // whoever claims it gets it again, and the time with it
        }
        Entry.Life life = life(remoteKey, envelope.header());
        if (life.deadAt() - environment.nanoTime() <= 0
                || envelope.tags().keySet().stream().anyMatch(this::mayBeBehindTag)) {
            return Sighting.unusable(stamp);
        }
        if (envelope.tags().isEmpty()) {
            return new Sighting<>(stamp, entry(remoteKey, envelope, life, era, TagEra.NONE, known), null, Set.of());
        }
        Set<String> unknownTags = new LinkedHashSet<>();
        TagEra[] eras = new TagEra[envelope.tags().size()];
        int count = 0;
        for (Map.Entry<String, Token> tag : envelope.tags().entrySet()) {
            TagEra tagEra = tags.find(tag.getKey());
            if (tagEra == null || !tagEra.generation.equals(tag.getValue())) {
                unknownTags.add(tag.getKey());
            } else {
                eras[count++] = tagEra;
            }
        }
        if (!unknownTags.isEmpty()) {
            return new Sighting<>(stamp, null, null, unknownTags);
        }
        return new Sighting<>(stamp, entry(remoteKey, envelope, life, era, eras, known), null, Set.of());
    }

    private @Nullable Entry<V> entry(
            String remoteKey, Envelope envelope, Entry.Life life, Era era, TagEra[] tags, @Nullable Entry<V> known) {
        boolean decoded = known != null && known.version().equals(envelope.version());
        Values.Decoded<V> value =
                decoded && known != null ? new Values.Decoded<>(known.value) : values.decode(envelope, remoteKey);
        return value == null ? null : Entry.of(value.value(), envelope.version(), era, tags, life, localUntil(life));
    }

    /** Times of the store's clock as times of our own; a soft expiry is never later than the hard one. */
    private Entry.Life life(String remoteKey, Envelope.Header header) {
        ServerClock clock = gate.clock(remoteKey);
        long now = environment.nanoTime();
        long freshUntil = clock.nanosAt(header.freshUntil(), now);
        long deadAt = clock.nanosAt(header.deadAt(), now);
        return new Entry.Life(
                clock.nanosAt(header.since(), now),
                deadAt - freshUntil < 0 ? deadAt : freshUntil,
                deadAt,
                Math.max(0, header.deltaNanos()));
    }

    private long localUntil(Entry.Life life) {
        long localTtl = settings.freshness().localTtl();
        long asked = environment.nanoTime() + localTtl;
        return localTtl == Long.MAX_VALUE || asked - life.freshUntil() > 0 ? life.freshUntil() : asked;
    }

    Lease lease(String remoteKey, Token token, Claim.Granted granted, long claimedAt) {
        return new Lease(
                gate,
                environment,
                remoteKey,
                settings.timeouts().leaseMillis(),
                token,
                granted.serverMicros(),
                claimedAt);
    }

    /**
     * An entry on its way to L2.
     *
     * @param stored what L2 is to store
     * @param copy makes the entry that L1 may hold then
     */
    record Writing<V>(Stored stored, Supplier<Entry<V>> copy) {

        Entry<V> localCopy() {
            return copy.get();
        }
    }

    /** A payload, ready to be stored under whatever version and generation. */
    Payloads.Payload payload(@Nullable V value, String remoteKey) throws Exception {
        return values.encode(value, remoteKey);
    }

    Writing<V> write(Token version, String remoteKey, Fresh<V> fresh, Map<String, TagEra> tags, Era era)
            throws Exception {
        return write(version, remoteKey, payload(fresh.value(), remoteKey), fresh, tags, era);
    }

    /** The L1 copy's lifetime is computed from what L2 has, so that it ends no later. */
    Writing<V> write(
            Token version,
            String remoteKey,
            Payloads.Payload payload,
            Fresh<V> fresh,
            Map<String, TagEra> tags,
            Era era) {
        long since = gate.clock(remoteKey).earliestMicros(fresh.since());
        long freshUntil = since + fresh.lifetime() / 1_000;
        long deadAt = freshUntil + fresh.staleWindow(settings.freshness()) / 1_000;
        Envelope.Header header = new Envelope.Header(
                version, freshUntil, deadAt, since, fresh.delta(), era.generation, payload.flags(), values.schema);
        Map<String, Token> generations = new LinkedHashMap<>();
        tags.forEach((tag, itsEra) -> generations.put(tag, itsEra.generation));
        byte[] bytes = Envelope.encode(header, generations, payload.bytes());
        TagEra[] eras = tags.values().toArray(TagEra[]::new);
        return new Writing<>(new Stored(version, bytes, Math.floorDiv(deadAt, 1_000L)), () -> {
            Entry.Life life = life(remoteKey, header);
            return Entry.of(fresh.value(), version, era, eras, life, localUntil(life));
        });
    }

    /** A write of this node is about to be sent. */
    void begins(String key) {
        notNearby.add(Item.key(key), environment.nanoTime());
    }

    /** L2 has been told of a write: nothing waits any more, unless another server takes over that has not heard of it. */
    void told(Item item, Outbox.@Nullable Ticket ticket) {
        outbox.settle(item, ticket);
        notNearby.add(item, environment.nanoTime()); // only now does the copies' time to follow begin
        acknowledged.add(item, environment.nanoTime());
    }

    /**
     * Whether L2 must not be asked for a key, because it may not know yet of a write that this node knows of: the write waits
     * to be told, or another server may have taken over from the one that has acknowledged it.
     */
    boolean mayBeBehind(String key) {
        return outbox.holds(key) || mayNotKnowOf(Item.key(key));
    }

    /** The same of a tag. */
    boolean mayBeBehindTag(String tag) {
        return outbox.holdsTag(tag) || mayNotKnowOf(Item.tag(tag));
    }

    private boolean mayNotKnowOf(Item item) {
        int part = gate.part(item.name());
        return gate.session(part) != provenSessions.get(part) && acknowledged.holds(item, environment.nanoTime());
    }

    /**
     * Looks for an entry that L1 does not have, in a copy of L2 where that will do: no write of the key has been heard of
     * for as long as the copy may be behind, and it is proven that none was missed.
     */
    CompletableFuture<byte @Nullable []> look(String key, Budget budget, Era era) {
        long now = environment.nanoTime();
        return gate.nearbyLagNanos() > 0 && era.isTrusted(now) && !notNearby.holds(Item.key(key), now)
                ? gate.getNearby(budget, key)
                : gate.get(budget, key);
    }

    /** In this session a part has shown that it is as before, or else it is being told what it may have missed. */
    void prove(int part, long session) {
        provenSessions.set(part, session);
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

    /**
     * Whether a suspect entry that is still fresh may be served without being confirmed. L2 is in trouble, and for as long
     * as the cache's owner puts up with it.
     */
    boolean allowsSuspect(Entry<V> entry, long now) {
        return entry.suspectFor(now) < settings.away().cutOffTtl();
    }

    boolean isTroubled() {
        return troubled;
    }

    void setTroubled(boolean troubled) {
        this.troubled = troubled;
    }

    /** Whether the bus is up: else nobody tells how another node's load ends. */
    boolean hearsOthers() {
        return hearing.isListening();
    }
}
