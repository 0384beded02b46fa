package io.stampede;

import java.util.List;

/**
 * How a cache is, as a whole and part by part, each with its reason. Immutable.
 *
 * @param status the whole
 * @param parts what it consists of, in a fixed order
 */
public record Health(Status status, List<Part> parts) {

    /** Makes the list of parts immutable. */
    public Health {
        parts = List.copyOf(parts);
    }

    /** How something is. */
    public enum Status {
        /** As it should be. */
        UP,
        /**
         * The cache answers, but with less than it could: a remote tier is away, or the source is. No reason to send
         * callers elsewhere, since there it is the same.
         */
        DEGRADED,
        /** The cache is closed. */
        DOWN
    }

    /**
     * A part of a cache.
     *
     * @param name what it is: {@code cache}, {@code remote}, {@code breaker}, {@code bus}, {@code local}, {@code outbox}
     *     or {@code source}
     * @param status how it is
     * @param reason why, in a sentence for people
     */
    public record Part(String name, Status status, String reason) {}
}
