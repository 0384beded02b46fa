package io.stampede;

import org.jspecify.annotations.Nullable;

/** L2 did not answer, or not in time. Stays inside: no caller ever sees it. */
final class RemoteUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RemoteUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause, false, false); // control flow on a path that may be taken thousands of times a second
    }
}
