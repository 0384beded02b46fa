package io.stampede.benchmarks.process;

import java.nio.file.Path;

/** A process that a run needs has failed. The message, with the end of its log, is for the person who runs it. */
public final class ChildException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ChildException(String message, Path log) {
        super(message + "\n" + WorkDirectory.tail(log));
    }
}
