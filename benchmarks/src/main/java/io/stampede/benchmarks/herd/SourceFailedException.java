package io.stampede.benchmarks.herd;

/** The database has not answered as it should. */
final class SourceFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SourceFailedException(Exception cause) {
        super(cause);
    }
}
