package io.stampede.redis.testing;

/** Somebody else listens on the port we meant to use. */
final class PortTakenException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    PortTakenException(String message) {
        super(message);
    }
}
