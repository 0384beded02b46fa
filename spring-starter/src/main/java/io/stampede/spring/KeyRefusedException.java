package io.stampede.spring;

/** A key can't be written: the trouble is the cache's, not the load's. */
final class KeyRefusedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    KeyRefusedException(RuntimeException cause) {
        super(cause.getMessage(), cause);
    }
}
