package io.stampede;

import io.stampede.Result.StaleReason;
import org.jspecify.annotations.Nullable;

/**
 * Why there is no value.
 *
 * @param cause what a caller gets who can't be helped otherwise
 * @param staleReason why a stale value was served in its place, if one is; null if none may be, because the failure is
 *     the source's answer or no affair of the source
 */
record Failure(Throwable cause, @Nullable StaleReason staleReason) {

    /** The source, or the way to it, is in trouble: whatever can be served instead is served. */
    static Failure outage(Throwable cause) {
        return new Failure(cause, StaleReason.LOAD_FAILED);
    }

    static Failure timeout(LoadTimeoutException cause) {
        return new Failure(cause, StaleReason.TIMED_OUT);
    }

    static Failure rejected(LoadRejectedException cause) {
        return new Failure(cause, StaleReason.REJECTED);
    }

    /** The caller gets the exception, whatever else there would be. */
    static Failure plain(Throwable cause) {
        return new Failure(cause, null);
    }

    /** The same failure, as seen by those who come while the key is left alone. */
    Failure remembered() {
        return isOutage() ? new Failure(cause, StaleReason.BACKING_OFF) : this;
    }

    /** The source was not asked at all. */
    boolean isRejected() {
        return staleReason == StaleReason.REJECTED;
    }

    boolean isOutage() {
        return staleReason != null;
    }
}
