package io.stampede.spi;

/**
 * An entry on its way to the remote tier.
 *
 * @param version the entry's version; also bytes 1 to 16 of {@code bytes}
 * @param bytes the whole envelope
 * @param expiresAtMillis when the store must drop it, in milliseconds of the store's own clock since the epoch
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier between two layers, never compared
public record Stored(Token version, byte[] bytes, long expiresAtMillis) {}
