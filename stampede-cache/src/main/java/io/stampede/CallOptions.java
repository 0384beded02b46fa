package io.stampede;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants different from the cache's options: {@code CallOptions.none().ttl(Duration.ofMinutes(1))}.
 * Immutable; keep them in a constant.
 */
public final class CallOptions {

    private static final CallOptions NONE = new CallOptions(null, null, false, false, Set.of());

    private final @Nullable Duration ttl;
    private final @Nullable Duration maxStale;
    private final boolean skipLocal;
    private final boolean forceFresh;
    private final Set<String> tags;

    private CallOptions(
            @Nullable Duration ttl,
            @Nullable Duration maxStale,
            boolean skipLocal,
            boolean forceFresh,
            Set<String> tags) {
        this.ttl = ttl;
        this.maxStale = maxStale;
        this.skipLocal = skipLocal;
        this.forceFresh = forceFresh;
        this.tags = tags;
    }

    /**
     * The cache's own options.
     *
     * @return options that change nothing
     */
    public static CallOptions none() {
        return NONE;
    }

    /**
     * How long the value is fresh if this call loads or puts it. A load that another call has begun keeps that call's
     * ttl.
     *
     * @param newTtl the time to live, 1 ms to 100 years
     * @return a copy
     * @throws IllegalArgumentException if it is out of range
     */
    public CallOptions ttl(Duration newTtl) {
        return new CallOptions(Durations.checkedTtl(newTtl), maxStale, skipLocal, forceFresh, tags);
    }

    /**
     * How long past its soft expiry a value may be that this call accepts, where the cache would serve it stale. Zero
     * accepts no stale value.
     *
     * @param newMaxStale the longest time since the soft expiry
     * @return a copy
     * @throws IllegalArgumentException if it is negative
     */
    public CallOptions maxStale(Duration newMaxStale) {
        if (newMaxStale.isNegative()) {
            throw new IllegalArgumentException("maxStale = " + newMaxStale + ": at least zero");
        }
        return new CallOptions(ttl, newMaxStale, skipLocal, forceFresh, tags);
    }

    /**
     * Reads past L1: what the remote tier has is what counts. Without a remote tier the value is loaded.
     *
     * @return a copy
     */
    public CallOptions skipLocal() {
        return new CallOptions(ttl, maxStale, true, forceFresh, tags);
    }

    /**
     * Loads whatever the tiers hold, and even while the key backs off after a failure. Callers who ask for it at the
     * same time on one node share a load.
     *
     * @return a copy
     */
    public CallOptions forceFresh() {
        return new CallOptions(ttl, maxStale, skipLocal, true, tags);
    }

    /**
     * The tags of the value if this call loads or puts it; a loader's own {@link Loaded#tags} come on top.
     *
     * @param newTags the tags
     * @return a copy
     * @throws IllegalArgumentException if a tag is empty or longer than 1,000 characters, or there are more than 100
     */
    public CallOptions tags(String... newTags) {
        return new CallOptions(
                ttl, maxStale, skipLocal, forceFresh, Tags.checked(new LinkedHashSet<>(List.of(newTags))));
    }

    @Nullable
    Duration ttl() {
        return ttl;
    }

    @Nullable
    Duration maxStale() {
        return maxStale;
    }

    boolean isSkipLocal() {
        return skipLocal;
    }

    boolean isForceFresh() {
        return forceFresh;
    }

    Set<String> tags() {
        return tags;
    }
}
