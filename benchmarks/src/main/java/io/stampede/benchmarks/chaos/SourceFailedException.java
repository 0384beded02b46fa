package io.stampede.benchmarks.chaos;

/** The source has been made to fail. */
final class SourceFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    SourceFailedException(String key) {
        super("no answer for " + key);
    }
}
