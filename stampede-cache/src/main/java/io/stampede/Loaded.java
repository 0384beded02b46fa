package io.stampede;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a load has found, and how it is to be kept. Immutable.
 *
 * @param <V> the type of values
 */
public final class Loaded<V> {

    private final @Nullable V value;
    private final boolean notModified;
    private final @Nullable Duration ttl;
    private final Set<String> tags;
    private final boolean stored;

    private Loaded(@Nullable V value, boolean notModified, @Nullable Duration ttl, Set<String> tags, boolean stored) {
        this.value = value;
        this.notModified = notModified;
        this.ttl = ttl;
        this.tags = tags;
        this.stored = stored;
    }

    /**
     * A value.
     *
     * @param value the value
     * @param <V> the type of values
     * @return it
     */
    public static <V> Loaded<V> of(V value) {
        return new Loaded<>(Objects.requireNonNull(value, "value"), false, null, Set.of(), true);
    }

    /**
     * The source has no value: callers get null, which is stored for {@code negativeTtl} if that is set.
     *
     * @param <V> the type of values
     * @return it
     */
    public static <V> Loaded<V> absent() {
        return new Loaded<>(null, false, null, Set.of(), true);
    }

    /**
     * The old value ({@link LoadContext#old()}) is still right: it is fresh again from now on. Tags have to be named anew.
     *
     * @param <V> the type of values
     * @return it
     */
    public static <V> Loaded<V> notModified() {
        return new Loaded<>(null, true, null, Set.of(), true);
    }

    /**
     * How long this value is fresh, in place of the cache's {@code ttl} (or {@code negativeTtl}, if it is absent).
     *
     * @param newTtl the time to live, 1 ms to 100 years
     * @return a copy with that ttl
     * @throws IllegalArgumentException if it is out of range
     */
    public Loaded<V> ttl(Duration newTtl) {
        return new Loaded<>(value, notModified, Durations.checkedTtl(newTtl), tags, stored);
    }

    /**
     * The tags of this value, in place of those it had.
     *
     * @param newTags the tags
     * @return a copy with those tags
     * @throws IllegalArgumentException if a tag is empty or longer than 1,000 characters, or there are more than 100
     */
    public Loaded<V> tags(String... newTags) {
        return new Loaded<>(value, notModified, ttl, Tags.checked(new LinkedHashSet<>(List.of(newTags))), stored);
    }

    /**
     * Keeps this value out of both tiers: those who wait for the load get it, and nobody after them. What the tiers had
     * before stays as it was, a stale value stale; callers who wait on other nodes load for themselves, at once, one per
     * node. {@link #absent()} then is what it is in a cache without a {@code negativeTtl}: all who wait, on other nodes
     * too, get null, and what the tiers had before is removed.
     *
     * @return a copy that is not stored; its ttl and its tags mean nothing
     */
    public Loaded<V> notStored() {
        return new Loaded<>(value, notModified, ttl, tags, false);
    }

    @Nullable
    V value() {
        return value;
    }

    boolean isNotModified() {
        return notModified;
    }

    @Nullable
    Duration ttl() {
        return ttl;
    }

    Set<String> tags() {
        return tags;
    }

    boolean isStored() {
        return stored;
    }

    /** A source's answer where null means that there is no value. */
    static <V> Loaded<V> ofNullable(@Nullable V value) {
        return value == null ? absent() : of(value);
    }
}
