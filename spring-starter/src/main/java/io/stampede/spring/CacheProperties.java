package io.stampede.spring;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** The options of a cache as properties; null is not set. {@link Option} says what each does. */
class CacheProperties {

    /**
     * How long a value is fresh, counted from the moment its load returned or it was put. 1 ms to 100 years.
     */
    private @Nullable Duration ttl;

    /**
     * How long it is remembered that a method has returned null. Zero: not at all. As long as other values unless it
     * is set.
     */
    private @Nullable Duration negativeTtl;

    /**
     * How long an entry stays in the process before it is read from Redis again, if that is less than its ttl.
     */
    private @Nullable Duration localTtl;

    /**
     * The share of its ttl by which a value may expire sooner, drawn by chance, so that what was written together
     * does not expire together. 0 to 0.9.
     */
    private @Nullable Double jitter;

    /**
     * How eagerly hot values are loaded anew in the background before they expire. 0 for never, 1 as the theory has
     * it, up to 100.
     */
    private @Nullable Double earlyRefresh;

    /** For how long after its ttl a value is served at once, while it is loaded anew. */
    private @Nullable Duration staleWhileRevalidate;

    /** For how long after its ttl a value is served if its load fails or takes too long. */
    private @Nullable Duration staleOnError;

    /** How long a caller waits for a load before it is served a stale value, if there is one. */
    private @Nullable Duration softTimeout;

    /** How long a caller waits for a load before it fails with a LoadTimeoutException. */
    private @Nullable Duration hardTimeout;

    /** How long a load may run before it is interrupted and given up. */
    private @Nullable Duration loaderDeadline;

    /** How many loads of the cache run at a time in this process. */
    private @Nullable Integer maxConcurrentLoads;

    /** How long a load waits for its turn before it is refused with a LoadRejectedException. */
    private @Nullable Duration maxLoadWait;

    /** How long a key is left alone after its load has failed for the first time. Zero: not at all. */
    private @Nullable Duration firstBackoff;

    /** The longest time for which a key is left alone after its load has failed again and again. */
    private @Nullable Duration longestBackoff;

    /**
     * The share of the last loads that must have failed for the whole source to be left alone. 0.01 to 1. Set
     * together with source-breaker-pause.
     */
    private @Nullable Double sourceBreakerFailureRate;

    /** For how long the source is then left alone. */
    private @Nullable Duration sourceBreakerPause;

    /** How many entries the process keeps. */
    private @Nullable Long maximumSize;

    /** The size from which values are compressed in Redis. None are unless it is set. */
    private @Nullable DataSize compressionAbove;

    /** The size above which a value is not written to Redis, nor read from it. */
    private @Nullable DataSize maxValueSize;

    /** Whether keys are left out of messages and logs. */
    private @Nullable Boolean redactKeys;

    /** How much time Redis may cost one call, all its commands together. */
    private @Nullable Duration remoteTimeout;

    /** How long the right to load a key outlives the process that holds it. */
    private @Nullable Duration leaseTtl;

    /**
     * How long entries of the process are trusted without a proof that no message of another process was missed.
     */
    private @Nullable Duration suspectAfter;

    /**
     * For how long suspect entries are served while Redis can't be asked. For the rest of their ttl unless it is
     * set.
     */
    private @Nullable Duration cutOffTtl;

    /** How many questions Redis is asked at a time. */
    private @Nullable Integer maxConcurrentRemoteCalls;

    /** How many invalidations wait for Redis to come back before they become one clear of the cache. */
    private @Nullable Integer maxQueuedInvalidations;

    /** For how long a server that takes over may not have heard of a write. */
    private @Nullable Duration failoverWindow;

    /** Whether the cache stays in the process, though there is a Redis. */
    private @Nullable Boolean localOnly;

    public @Nullable Duration getTtl() {
        return ttl;
    }

    public void setTtl(@Nullable Duration ttl) {
        this.ttl = ttl;
    }

    public @Nullable Duration getNegativeTtl() {
        return negativeTtl;
    }

    public void setNegativeTtl(@Nullable Duration negativeTtl) {
        this.negativeTtl = negativeTtl;
    }

    public @Nullable Duration getLocalTtl() {
        return localTtl;
    }

    public void setLocalTtl(@Nullable Duration localTtl) {
        this.localTtl = localTtl;
    }

    public @Nullable Double getJitter() {
        return jitter;
    }

    public void setJitter(@Nullable Double jitter) {
        this.jitter = jitter;
    }

    public @Nullable Double getEarlyRefresh() {
        return earlyRefresh;
    }

    public void setEarlyRefresh(@Nullable Double earlyRefresh) {
        this.earlyRefresh = earlyRefresh;
    }

    public @Nullable Duration getStaleWhileRevalidate() {
        return staleWhileRevalidate;
    }

    public void setStaleWhileRevalidate(@Nullable Duration staleWhileRevalidate) {
        this.staleWhileRevalidate = staleWhileRevalidate;
    }

    public @Nullable Duration getStaleOnError() {
        return staleOnError;
    }

    public void setStaleOnError(@Nullable Duration staleOnError) {
        this.staleOnError = staleOnError;
    }

    public @Nullable Duration getSoftTimeout() {
        return softTimeout;
    }

    public void setSoftTimeout(@Nullable Duration softTimeout) {
        this.softTimeout = softTimeout;
    }

    public @Nullable Duration getHardTimeout() {
        return hardTimeout;
    }

    public void setHardTimeout(@Nullable Duration hardTimeout) {
        this.hardTimeout = hardTimeout;
    }

    public @Nullable Duration getLoaderDeadline() {
        return loaderDeadline;
    }

    public void setLoaderDeadline(@Nullable Duration loaderDeadline) {
        this.loaderDeadline = loaderDeadline;
    }

    public @Nullable Integer getMaxConcurrentLoads() {
        return maxConcurrentLoads;
    }

    public void setMaxConcurrentLoads(@Nullable Integer maxConcurrentLoads) {
        this.maxConcurrentLoads = maxConcurrentLoads;
    }

    public @Nullable Duration getMaxLoadWait() {
        return maxLoadWait;
    }

    public void setMaxLoadWait(@Nullable Duration maxLoadWait) {
        this.maxLoadWait = maxLoadWait;
    }

    public @Nullable Duration getFirstBackoff() {
        return firstBackoff;
    }

    public void setFirstBackoff(@Nullable Duration firstBackoff) {
        this.firstBackoff = firstBackoff;
    }

    public @Nullable Duration getLongestBackoff() {
        return longestBackoff;
    }

    public void setLongestBackoff(@Nullable Duration longestBackoff) {
        this.longestBackoff = longestBackoff;
    }

    public @Nullable Double getSourceBreakerFailureRate() {
        return sourceBreakerFailureRate;
    }

    public void setSourceBreakerFailureRate(@Nullable Double sourceBreakerFailureRate) {
        this.sourceBreakerFailureRate = sourceBreakerFailureRate;
    }

    public @Nullable Duration getSourceBreakerPause() {
        return sourceBreakerPause;
    }

    public void setSourceBreakerPause(@Nullable Duration sourceBreakerPause) {
        this.sourceBreakerPause = sourceBreakerPause;
    }

    public @Nullable Long getMaximumSize() {
        return maximumSize;
    }

    public void setMaximumSize(@Nullable Long maximumSize) {
        this.maximumSize = maximumSize;
    }

    public @Nullable DataSize getCompressionAbove() {
        return compressionAbove;
    }

    public void setCompressionAbove(@Nullable DataSize compressionAbove) {
        this.compressionAbove = compressionAbove;
    }

    public @Nullable DataSize getMaxValueSize() {
        return maxValueSize;
    }

    public void setMaxValueSize(@Nullable DataSize maxValueSize) {
        this.maxValueSize = maxValueSize;
    }

    public @Nullable Boolean getRedactKeys() {
        return redactKeys;
    }

    public void setRedactKeys(@Nullable Boolean redactKeys) {
        this.redactKeys = redactKeys;
    }

    public @Nullable Duration getRemoteTimeout() {
        return remoteTimeout;
    }

    public void setRemoteTimeout(@Nullable Duration remoteTimeout) {
        this.remoteTimeout = remoteTimeout;
    }

    public @Nullable Duration getLeaseTtl() {
        return leaseTtl;
    }

    public void setLeaseTtl(@Nullable Duration leaseTtl) {
        this.leaseTtl = leaseTtl;
    }

    public @Nullable Duration getSuspectAfter() {
        return suspectAfter;
    }

    public void setSuspectAfter(@Nullable Duration suspectAfter) {
        this.suspectAfter = suspectAfter;
    }

    public @Nullable Duration getCutOffTtl() {
        return cutOffTtl;
    }

    public void setCutOffTtl(@Nullable Duration cutOffTtl) {
        this.cutOffTtl = cutOffTtl;
    }

    public @Nullable Integer getMaxConcurrentRemoteCalls() {
        return maxConcurrentRemoteCalls;
    }

    public void setMaxConcurrentRemoteCalls(@Nullable Integer maxConcurrentRemoteCalls) {
        this.maxConcurrentRemoteCalls = maxConcurrentRemoteCalls;
    }

    public @Nullable Integer getMaxQueuedInvalidations() {
        return maxQueuedInvalidations;
    }

    public void setMaxQueuedInvalidations(@Nullable Integer maxQueuedInvalidations) {
        this.maxQueuedInvalidations = maxQueuedInvalidations;
    }

    public @Nullable Duration getFailoverWindow() {
        return failoverWindow;
    }

    public void setFailoverWindow(@Nullable Duration failoverWindow) {
        this.failoverWindow = failoverWindow;
    }

    public @Nullable Boolean getLocalOnly() {
        return localOnly;
    }

    public void setLocalOnly(@Nullable Boolean localOnly) {
        this.localOnly = localOnly;
    }
}
