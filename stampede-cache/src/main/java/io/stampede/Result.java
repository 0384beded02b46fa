package io.stampede;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A value, and where it came from. Immutable.
 *
 * @param value the value, or null if there is none
 * @param source where it came from
 * @param staleReason why it is stale; not null if {@code source} is {@link Source#STALE}, else null
 * @param age how long ago it was loaded or put, as far as this node can tell; zero for a fallback and for no value
 * @param <V> the type of values
 */
public record Result<V>(
        @Nullable V value, Source source, @Nullable StaleReason staleReason, Duration age) {

    /** The same with a copy of the value. */
    Result<V> withValue(@Nullable V copy) {
        return new Result<>(copy, source, staleReason, age);
    }

    /** Where a value came from. */
    public enum Source {
        /** This process had it. */
        L1,
        /** The remote tier had it. */
        L2,
        /** This call has loaded it, or had it loaded on another thread. */
        LOADED,
        /** This call has waited for a load that another call had begun, here or on another node. */
        WAITED,
        /** It is past its soft expiry, and served by the rules of {@code staleWhileRevalidate} and {@code staleOnError}. */
        STALE,
        /** It is inside its ttl, but may have missed a write elsewhere, and the remote tier can't be asked. */
        SUSPECT,
        /** The cache's {@code fallback} has made it. */
        FALLBACK,
        /** There is none: nothing was cached, and the call brought no loader. */
        ABSENT
    }

    /** Why a value past its soft expiry was served. */
    public enum StaleReason {
        /** It is inside {@code staleWhileRevalidate}, and is being loaded anew. */
        REVALIDATING,
        /** The load failed. */
        LOAD_FAILED,
        /** An earlier load failed, and the key is backing off. */
        BACKING_OFF,
        /** The load took longer than {@code softTimeout}, {@code hardTimeout} or {@code loaderDeadline}. */
        TIMED_OUT,
        /** The load could not begin, because too many others of the cache were running. */
        REJECTED
    }
}
