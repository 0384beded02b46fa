package io.stampede.spring;

import io.stampede.Loader;
import io.stampede.StampedeCache;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.Cache;
import org.springframework.cache.support.SimpleValueWrapper;

/**
 * A write of a cache: done at once, or remembered until its transaction commits.
 *
 * @param kind what it does
 * @param target its key or its tag; null if it concerns the whole cache
 * @param value what is put; null for an absence, and if nothing is put
 */
record Write(Kind kind, @Nullable Object target, @Nullable Object value) {

    enum Kind {
        PUT,
        PUT_IF_ABSENT,
        EVICT,
        EXPIRE,
        EVICT_TAG,
        CLEAR
    }

    static Write put(Object key, @Nullable Object value) {
        return new Write(Kind.PUT, key, value);
    }

    static Write putIfAbsent(Object key, @Nullable Object value) {
        return new Write(Kind.PUT_IF_ABSENT, key, value);
    }

    static Write evict(Object key) {
        return new Write(Kind.EVICT, key, null);
    }

    static Write expire(Object key) {
        return new Write(Kind.EXPIRE, key, null);
    }

    static Write evictTag(String tag) {
        return new Write(Kind.EVICT_TAG, tag, null);
    }

    static Write clear() {
        return new Write(Kind.CLEAR, null, null);
    }

    /** Whether any key may be concerned: which ones have a tag is known only to who meets them. */
    boolean isWide() {
        return kind == Kind.CLEAR || kind == Kind.EVICT_TAG;
    }

    /** Whether it says what the value is. */
    boolean isPut() {
        return kind == Kind.PUT || kind == Kind.PUT_IF_ABSENT;
    }

    /** Whether an eviction of the same key adds nothing to it. */
    boolean impliesEviction() {
        return kind == Kind.EVICT || kind == Kind.CLEAR;
    }

    /** What whoever wrote it reads of its keys; null if that is for the source to say. */
    @Nullable
    SimpleValueWrapper seen() {
        return isPut() ? new SimpleValueWrapper(value) : null;
    }

    /** The same where it is not certain that what is put is true. */
    Write withoutValue() {
        return isPut() ? evict(key()) : this;
    }

    void applyTo(StampedeCache<Object, Object> cache) {
        switch (kind) {
            case PUT -> cache.put(key(), value);
            case PUT_IF_ABSENT -> applyIfAbsent(cache);
            case EVICT -> cache.invalidate(key());
            case EXPIRE -> cache.expire(key());
            case EVICT_TAG -> cache.invalidateByTag((String) key());
            case CLEAR -> cache.clear();
        }
    }

    /**
     * As a load that finds this value: one of all who try at the same time, in the cluster, is first.
     *
     * @return what was there; null if nothing was
     */
    Cache.@Nullable ValueWrapper applyIfAbsent(StampedeCache<Object, Object> cache) {
        boolean[] isFirst = new boolean[1];
        Object found = cache.get(key(), Loader.withContext(context -> {
            isFirst[0] = true;
            return SpringCache.loaded(value);
        }));
        return isFirst[0] ? null : new SimpleValueWrapper(found);
    }

    private Object key() {
        return Objects.requireNonNull(target, "target");
    }

    /** For people. */
    @Override
    public String toString() {
        return switch (kind) {
            case PUT -> "put of key '" + target + "'";
            case PUT_IF_ABSENT -> "putIfAbsent of key '" + target + "'";
            case EVICT -> "eviction of key '" + target + "'";
            case EXPIRE -> "expiry of key '" + target + "'";
            case EVICT_TAG -> "eviction of tag '" + target + "'";
            case CLEAR -> "clear";
        };
    }
}
