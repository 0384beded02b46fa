package io.stampede.benchmarks.demo;

import java.nio.file.Path;

/** Something that the demo needs has failed. The message is for the person who runs it. */
final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoException(String message, Path log) {
        super(message + "\n" + WorkDirectory.tail(log));
    }
}
