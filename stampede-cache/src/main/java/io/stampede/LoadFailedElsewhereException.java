package io.stampede;

import java.time.Instant;

/** This caller waited for a load on another node, and that load failed. The other node's callers got the exception. */
public final class LoadFailedElsewhereException extends StampedeException {

    private static final long serialVersionUID = 1L;

    private final String exceptionType;
    private final Instant failedAt;
    private final Instant nextAttempt;

    LoadFailedElsewhereException(String subject, String exceptionType, Instant failedAt, Instant nextAttempt) {
        super(
                "The load of " + subject + " was running on another node and failed there at " + failedAt + " with "
                        + exceptionType + "; see that node's log for the cause",
                null);
        this.exceptionType = exceptionType;
        this.failedAt = failedAt;
        this.nextAttempt = nextAttempt;
    }

    /**
     * What the loader threw on the other node.
     *
     * @return the class name of the exception
     */
    public String getExceptionType() {
        return exceptionType;
    }

    /**
     * When the load failed, by the remote tier's clock.
     *
     * @return the time
     */
    public Instant getFailedAt() {
        return failedAt;
    }

    /**
     * When this node may try to load the key again, by the remote tier's clock; the time of the failure if it may at once.
     *
     * @return the time
     */
    public Instant getNextAttempt() {
        return nextAttempt;
    }
}
