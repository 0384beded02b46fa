package io.stampede.spi;

import org.jspecify.annotations.Nullable;

/**
 * How a load that published nothing has ended: what the nodes that waited for it are told.
 *
 * @param kind what happened
 * @param detail for {@link Kind#FAILED}, {@link Kind#REFRESH_FAILED} and {@link Kind#ANSWERED}
 *     the class name of the exception, for {@link Kind#ABSENT} the generation, else empty
 */
public record LoadOutcome(Kind kind, String detail) {

    /** The load was given up without a result; whoever waited may claim. */
    public static final LoadOutcome ABANDONED = new LoadOutcome(Kind.ABANDONED, "");

    /** There is a value, but it can't be stored remotely. */
    public static final LoadOutcome NOT_STORABLE = new LoadOutcome(Kind.NOT_STORABLE, "");

    /** There is a value, but its loader wants it stored nowhere: whoever waited for one loads its own. */
    public static final LoadOutcome NOT_STORED = new LoadOutcome(Kind.NOT_STORED, "");

    /**
     * The source has no value.
     *
     * @param generation the cache's when the load began: who knows of a later clear must not take this for an answer
     * @return the outcome
     */
    public static LoadOutcome absent(Token generation) {
        return new LoadOutcome(Kind.ABSENT, generation.toString());
    }

    /**
     * The loader failed.
     *
     * @param exceptionType the class name of what it threw
     * @return the outcome
     */
    public static LoadOutcome failed(String exceptionType) {
        return new LoadOutcome(Kind.FAILED, exceptionType);
    }

    /**
     * The loader failed while the value that it was to replace is still fresh.
     *
     * @param exceptionType the class name of what it threw
     * @return the outcome
     */
    public static LoadOutcome refreshFailed(String exceptionType) {
        return new LoadOutcome(Kind.REFRESH_FAILED, exceptionType);
    }

    /**
     * The source has answered, by an exception: there is nothing wrong with it (a 404, say).
     *
     * @param exceptionType the class name of what the loader threw
     * @return the outcome
     */
    public static LoadOutcome answered(String exceptionType) {
        return new LoadOutcome(Kind.ANSWERED, exceptionType);
    }

    /** The ways to end without a published value. */
    public enum Kind {
        /** Given up. */
        ABANDONED(33),
        /** The source has no value. */
        ABSENT(34),
        /** A value that can't be stored remotely. */
        NOT_STORABLE(35),
        /** The loader failed. */
        FAILED(36),
        /** The loader threw what is an answer of the source. */
        ANSWERED(37),
        /** The loader failed, and the value that it was to replace is still fresh. */
        REFRESH_FAILED(38),
        /** A value that is not to be stored. */
        NOT_STORED(39);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** On the wire. */
        int code() {
            return code;
        }

        static @Nullable Kind of(int code) {
            for (Kind kind : values()) {
                if (kind.code == code) {
                    return kind;
                }
            }
            return null;
        }
    }
}
