package io.stampede.spi;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * L2 as one cache on one node sees it. Every operation is asynchronous, one round trip, atomic in the store, and
 * idempotent by its token. Trouble of any kind is a stage that fails, with a {@link RemoteRefusedException} if the store
 * itself has said no; no method throws.
 *
 * <p>Entries of one key whose codecs have different schemas live side by side, so that two versions of an application
 * don't replace each other's values for ever. An operation reads, judges and publishes those of the namespace's own
 * schema; a put or an invalidation of a key removes them all, an expiry makes them all stale, and the lease is one for
 * all. Beside the one that is published, a store keeps the youngest of the others that aren't dead, four at most.
 *
 * <p>A store may hold them as one value with one lifetime, the longest: an entry may still be there when it is dead, and
 * who reads it looks at its <em>dead at</em>. Bytes that a store can't tell apart as envelopes of the current format are
 * an entry of every schema, until something is published or put in their place.
 *
 * <p>Each write also tells the {@link InvalidationBus} in the same atomic step, so that the order of messages is the
 * order of writes, and numbers the message, so that a node can tell whether it has missed one.
 *
 * <p>Implementations are thread-safe and send the operations of one thread in the order of the calls. Their stages may
 * complete on any thread; the cache never runs user code there.
 */
public interface RemoteTier extends AutoCloseable {

    /** How many leading bytes of an envelope tell one version from another: the format byte and the version. */
    int STAMP_BYTES = 1 + Token.BYTES;

    /**
     * Into how many parts the store divides a cache's keys and tags. What lies in different parts may be on different
     * servers, so that each part has a clock, a memory and a numbering of messages of its own. A constant of the store;
     * 1 where the store is one server.
     *
     * @return the number of parts
     */
    int parts();

    /**
     * In which part a key or a tag lies; always the same for the same name. A message belongs to the part of the key or tag
     * that it tells of, {@link BusMessage.Kind#CLEARED} to the first one.
     *
     * @param name the encoded key, or the tag
     * @return the part, from 0
     */
    int part(String name);

    /**
     * Changes as soon as what is asked of a part may be answered by another server than before: a connection was opened
     * anew, or the part has moved. Where it is the same before a question and after the answer, it was the same server all
     * the time.
     *
     * @param part the part, from 0
     * @return a number that means nothing but this
     */
    long session(int part);

    /**
     * Reads an entry with a single plain read.
     *
     * @param key the encoded key
     * @return the envelope, or null if there is none; bytes that aren't envelopes as they are, and an empty array for
     *     something that isn't even bytes
     */
    CompletionStage<byte @Nullable []> get(String key);

    /**
     * How far the answers of {@link #getNearby} may be behind what the store has acknowledged.
     *
     * @return in nanoseconds; 0 if there is no such reading
     */
    default long nearbyLagNanos() {
        return 0;
    }

    /**
     * As {@link #get}, from a copy that may be behind. The cache asks this only for keys of whose change it has not heard
     * for {@link #nearbyLagNanos}.
     *
     * @param key the encoded key
     * @return as {@link #get}
     */
    default CompletionStage<byte @Nullable []> getNearby(String key) {
        return get(key);
    }

    /**
     * Reads several entries in one round trip.
     *
     * @param keys the encoded keys
     * @return for each key what {@link #get} would answer, in the order of the keys; but null, too, for something that
     *     isn't even bytes. Nothing is sent for no keys
     */
    CompletionStage<List<byte @Nullable []>> getAll(List<String> keys);

    /**
     * Asks for the value or for the right to rebuild it. If the store holds an entry whose first {@link #STAMP_BYTES}
     * bytes differ from {@code seen}, the answer is <em>Found</em>. Otherwise, if the key has a lease that is not
     * {@code lease}, the answer is <em>Held</em>; else <em>Granted</em>, and the key's lease is {@code lease} for
     * {@code leaseMillis} from now.
     *
     * @param key the encoded key
     * @param seen the leading bytes of the entry that the asker found unusable; empty if it saw none
     * @param lease the token under which the lease would be held
     * @param leaseMillis the lease's TTL
     * @param force true to be granted in any case: the entry is ignored and another's lease is taken over
     * @return the answer
     */
    CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force);

    /**
     * Prolongs a lease.
     *
     * @param key the encoded key
     * @param lease the lease
     * @param leaseMillis its new TTL, from now
     * @return false if the lease is lost: revoked, expired or forgotten
     */
    CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis);

    /**
     * Stores what was rebuilt and frees the lease, but only while the lease is held. Tells the bus
     * {@link BusMessage.Kind#PUBLISHED}.
     *
     * @param key the encoded key
     * @param lease the lease
     * @param entry what to store
     * @return whether it was stored
     */
    CompletionStage<Publication> publish(String key, Token lease, Stored entry);

    /**
     * Frees a lease without a value, if it is held, and then tells the bus {@link BusMessage.Kind#RELEASED}. Nothing
     * happens if it is not held.
     *
     * @param key the encoded key
     * @param lease the lease
     * @param outcome how the load ended
     * @return completes when the store has answered
     */
    CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome);

    /**
     * Stores a value, revokes the key's lease and tells the bus {@link BusMessage.Kind#PUT}; but nothing of it once
     * {@code notAfterMicros} has passed on the store's clock: a put that its caller has given up must not be carried out
     * later over a newer one.
     *
     * @param key the encoded key
     * @param entry what to store
     * @param notAfterMicros the store's clock after which the put is refused, in microseconds since the epoch
     * @return the write's receipt
     */
    CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros);

    /**
     * Removes an entry, revokes the key's lease and tells the bus {@link BusMessage.Kind#INVALIDATED}.
     *
     * @param key the encoded key
     * @return the write's receipt
     */
    CompletionStage<Receipt> invalidate(String key);

    /**
     * Makes an entry stale where it stands, keeping its TTL in the store: its <em>fresh until</em> becomes the store's
     * clock, unless it is earlier already. Revokes the key's lease and tells the bus {@link BusMessage.Kind#EXPIRED}.
     * Bytes that are not an envelope of the current format are removed.
     *
     * @param key the encoded key
     * @return the write's receipt
     */
    CompletionStage<Receipt> expire(String key);

    /**
     * The current generation of a part. If the part has none (first use, or lost), {@code candidate} becomes it, and its
     * messages are numbered from 1 again. The generation's TTL is set to {@code ttlMillis} from now in either case, so
     * that this fails in a store that takes no writes.
     *
     * <p>The cache's generation is that of the first part. That of another part says only whether it still has its memory.
     *
     * @param part which part, from 0
     * @param candidate a token never used before
     * @param ttlMillis the TTL of the generation; longer than any entry's
     * @return the generation and the part's clock
     */
    CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis);

    /**
     * Moves the cache to a new generation and tells the bus {@link BusMessage.Kind#CLEARED}.
     *
     * @param generation a token never used before
     * @param ttlMillis the TTL of the generation
     * @return the write's receipt
     */
    CompletionStage<Receipt> clear(Token generation, long ttlMillis);

    /**
     * The current generation of a tag. If the store has none (first use, or lost), {@code candidate} becomes it. Its TTL
     * is set to {@code ttlMillis} from now in either case.
     *
     * @param tag the tag
     * @param candidate a token never used before
     * @param ttlMillis the TTL of the generation; longer than any entry's
     * @return the tag's generation
     */
    CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis);

    /**
     * Moves a tag to a new generation and tells the bus {@link BusMessage.Kind#TAG_INVALIDATED}. The entries that carry
     * the tag are not touched, whatever their number: who reads one sees that its generation is over.
     *
     * @param tag the tag
     * @param generation a token never used before
     * @param ttlMillis the TTL of the generation
     * @return the write's receipt
     */
    CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis);

    /** Lets go of what this view holds in the process. The store's data and the shared connection stay. */
    @Override
    void close();

    /** What became of a publish. */
    enum Publication {
        /** The entry is stored. */
        PUBLISHED,
        /** The entry had been stored by an earlier attempt of the same publish. */
        ALREADY_MINE,
        /** The lease was no longer held: a newer write came first, or it expired. Nothing was stored. */
        REFUSED
    }

    /**
     * What a write did.
     *
     * @param applied false if the write was refused because it came too late
     * @param revoked the lease that the write revoked, or {@link Token#NONE}
     * @param serverMicros the store's clock at the write, in microseconds since the epoch
     */
    record Receipt(boolean applied, Token revoked, long serverMicros) {}

    /**
     * The current generation of a part, what has been told of it on the bus, and the time.
     *
     * @param token the generation
     * @param sequence the number of the last message that the bus was told of the part; 0 for none
     * @param server which server has answered, if that can be told, else empty: another one need not know what this one
     *     knew
     * @param serverMicros the store's clock, in microseconds since the epoch
     */
    record Generation(Token token, long sequence, String server, long serverMicros) {}

    /**
     * The current generation of a tag.
     *
     * @param token the generation
     * @param sinceMicros the store's clock when the tag was invalidated last; 0 if it never was, as far as is known
     * @param serverMicros the store's clock, in microseconds since the epoch
     */
    record TagGeneration(Token token, long sinceMicros, long serverMicros) {}
}
