package io.stampede.spi;

/**
 * The answer to the one atomic question that follows a miss. The fourth answer of the protocol, <em>Unavailable</em>, is
 * a stage that fails.
 */
public sealed interface Claim {

    /**
     * The store's clock when it answered, in microseconds since the epoch.
     *
     * @return microseconds
     */
    long serverMicros();

    /**
     * Here it is: the store holds an entry that the asker had not seen.
     *
     * @param bytes the entry's envelope
     * @param serverMicros the store's clock
     */
    @SuppressWarnings("ArrayRecordComponent") // a carrier between two layers, never compared
    record Found(byte[] bytes, long serverMicros) implements Claim {}

    /**
     * You rebuild: the lease under the token that was offered is yours until its TTL passes.
     *
     * @param serverMicros the store's clock
     */
    record Granted(long serverMicros) implements Claim {}

    /**
     * Somebody else rebuilds.
     *
     * @param holder the lease of the one who does
     * @param remainingMillis how long that lease still lasts unless it is renewed
     * @param serverMicros the store's clock
     */
    record Held(Token holder, long remainingMillis, long serverMicros) implements Claim {}
}
