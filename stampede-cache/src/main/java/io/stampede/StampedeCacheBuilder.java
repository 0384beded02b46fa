package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Builds a {@link StampedeCache}. All options are checked by {@link #build()}, which names the option, its value and
 * what is allowed.
 *
 * <p>Not thread-safe. A builder may build several caches.
 *
 * @param <K> the type of keys
 * @param <V> the type of values
 */
public final class StampedeCacheBuilder<K, V> {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,100}");
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);
    private static final String WAIT_RANGE = "1 ms to 24 h";
    private static final String WINDOW_RANGE = "0 to 100 years";
    private static final double MOST_JITTER = 0.9;
    private static final double MOST_BETA = 100;
    private static final double LEAST_FAILURE_RATE = 0.01;
    private static final int MOST_BYTES = 1 << 30;
    private static final int MOST_QUEUED = 1_000_000;

    private final String name;
    private final Class<?> keyType;
    private @Nullable Duration ttl;
    private Duration negativeTtl = Duration.ZERO;
    private @Nullable Duration localTtl;
    private double jitter = 0.1;
    private double beta = 1;
    private Duration staleWhileRevalidate = Duration.ZERO;
    private Duration staleOnError = Duration.ZERO;
    private Predicate<? super Throwable> isOutage = failure -> true;
    private @Nullable Duration softTimeout;
    private @Nullable Duration hardTimeout;
    private int maxConcurrentLoads = 64;
    private Duration maxLoadWait = Duration.ofSeconds(5);
    private Duration firstBackoff = Duration.ofMillis(100);
    private Duration longestBackoff = Duration.ofSeconds(10);
    private boolean breaksSource;
    private double breakingRate;
    private @Nullable Duration breakingPause;
    private @Nullable BiFunction<? super K, ? super Throwable, ? extends @Nullable V> fallback;
    private @Nullable UnaryOperator<V> copier;
    private int compressAbove = Integer.MAX_VALUE;
    private int maxValueSize = 16 << 20;
    private @Nullable EncryptionKeys encryptionKeys;
    private boolean redactsKeys;
    private final List<CacheListener> listeners = new ArrayList<>();
    private long maximumSize = 10_000;
    private Duration loaderDeadline = Duration.ofSeconds(30);
    private Duration remoteTimeout = Duration.ofMillis(500);
    private Duration leaseTtl = Duration.ofSeconds(5);
    private Duration suspectAfter = Duration.ofSeconds(5);
    private @Nullable Duration cutOffTtl;
    private int maxConcurrentRemoteCalls = 1_000;
    private int maxQueuedInvalidations = 10_000;
    private Duration failoverWindow = Duration.ofSeconds(10);
    private @Nullable RemoteConnection remote;
    private @Nullable Codec<V> codec;
    private @Nullable KeyCodec<K> keyCodec;
    private @Nullable Environment environment;

    StampedeCacheBuilder(String name, K[] keyType) {
        this.name = name;
        this.keyType = keyType.getClass().getComponentType();
        if (keyType.length > 0) {
            throw new IllegalArgumentException(
                    "builder(name): only the name is to be passed; the type of keys is given as "
                            + "in StampedeCache.<Long, Product>builder(\"products\")");
        }
    }

    /**
     * How long a value is fresh, counted from the moment its load returned or it was put. Required; 1 ms to 100 years.
     *
     * @param ttl the time to live
     * @return this
     */
    public StampedeCacheBuilder<K, V> ttl(Duration ttl) {
        this.ttl = ttl;
        return this;
    }

    /**
     * How long it is remembered that the source has no value. Default zero: a null is returned and not stored; else 1 ms
     * to 100 years.
     *
     * @param negativeTtl the time to live of "there is none"
     * @return this
     */
    public StampedeCacheBuilder<K, V> negativeTtl(Duration negativeTtl) {
        this.negativeTtl = negativeTtl;
        return this;
    }

    /**
     * How long L1 serves a value without asking the remote tier whether it is still the same. Default: as long as it is
     * fresh, because the bus tells of changes. 1 ms to 100 years; only with a remote tier.
     *
     * @param localTtl the time
     * @return this
     */
    public StampedeCacheBuilder<K, V> localTtl(Duration localTtl) {
        this.localTtl = localTtl;
        return this;
    }

    /**
     * The share of the ttl by which lifetimes differ, so that values written together don't expire together: each write
     * draws its lifetime uniformly from the last part of the ttl, and all nodes use that draw. Default 0.1, at least 0
     * (none) and at most 0.9.
     *
     * @param jitter the share
     * @return this
     */
    public StampedeCacheBuilder<K, V> jitter(double jitter) {
        this.jitter = jitter;
        return this;
    }

    /**
     * How eagerly values that are being read are rebuilt in the background before they expire. The chance that a read
     * begins a rebuild grows as the expiry comes closer, in proportion to how long a load takes, and never in the first
     * half of the lifetime. Default 1; more rebuilds earlier, 0 never. At most 100.
     *
     * @param beta the eagerness
     * @return this
     */
    public StampedeCacheBuilder<K, V> earlyRefresh(double beta) {
        this.beta = beta;
        return this;
    }

    /**
     * For how long after its ttl a value is served at once, while one load runs behind it. Default zero, up to 100 years.
     *
     * @param staleWhileRevalidate the time after the soft expiry
     * @return this
     */
    public StampedeCacheBuilder<K, V> staleWhileRevalidate(Duration staleWhileRevalidate) {
        this.staleWhileRevalidate = staleWhileRevalidate;
        return this;
    }

    /**
     * For how long after its ttl a value is served if its load fails, takes longer than {@code softTimeout}, or can't
     * begin. Default zero, up to 100 years.
     *
     * @param staleOnError the time after the soft expiry
     * @return this
     */
    public StampedeCacheBuilder<K, V> staleOnError(Duration staleOnError) {
        return staleOnError(staleOnError, failure -> true);
    }

    /**
     * As {@link #staleOnError(Duration)}, for failures that are a trouble of the source. Others are its answer (a 404,
     * say): the callers get the exception, no stale value and no fallback, and the key does not back off.
     *
     * @param staleOnError the time after the soft expiry
     * @param isOutage whether what a loader threw is trouble; quick, and called on any thread
     * @return this
     */
    public StampedeCacheBuilder<K, V> staleOnError(Duration staleOnError, Predicate<? super Throwable> isOutage) {
        this.staleOnError = staleOnError;
        this.isOutage = Objects.requireNonNull(isOutage, "isOutage");
        return this;
    }

    /**
     * How long a caller waits for a load, its own included, before it is served the stale value that
     * {@code staleOnError} allows. The load goes on. Default: no limit; 1 ms to 24 hours.
     *
     * @param softTimeout the timeout
     * @return this
     */
    public StampedeCacheBuilder<K, V> softTimeout(Duration softTimeout) {
        this.softTimeout = softTimeout;
        return this;
    }

    /**
     * How long a caller waits for a load, its own included, before it gets a stale value, the fallback, or a
     * {@link LoadTimeoutException}. The load goes on, on a thread of the cache's executor. Default: no limit but
     * {@code loaderDeadline}; 1 ms to 24 hours.
     *
     * @param hardTimeout the timeout
     * @return this
     */
    public StampedeCacheBuilder<K, V> hardTimeout(Duration hardTimeout) {
        this.hardTimeout = hardTimeout;
        return this;
    }

    /**
     * How many loads of this cache run at a time on this node; overdue ones count until they end. Further ones wait
     * their turn. Default 64, at least 1.
     *
     * @param maxConcurrentLoads the number of loads
     * @return this
     */
    public StampedeCacheBuilder<K, V> maxConcurrentLoads(int maxConcurrentLoads) {
        this.maxConcurrentLoads = maxConcurrentLoads;
        return this;
    }

    /**
     * How long a load waits for its turn; then its callers get a stale value, the fallback, or a
     * {@link LoadRejectedException}. Default 5 s; 1 ms to 24 hours.
     *
     * @param maxLoadWait the longest wait
     * @return this
     */
    public StampedeCacheBuilder<K, V> maxLoadWait(Duration maxLoadWait) {
        this.maxLoadWait = maxLoadWait;
        return this;
    }

    /**
     * How long a key is left alone after its load failed: {@code first} after one failure, twice as long after each
     * further one, {@code longest} at most, each up to a fifth shorter by chance; a success ends it. Meanwhile callers
     * get at once what the failure gave them. Default 100 ms and 10 s, up to 24 hours; zero for no backoff.
     *
     * @param first the first pause
     * @param longest the longest
     * @return this
     */
    public StampedeCacheBuilder<K, V> backoff(Duration first, Duration longest) {
        this.firstBackoff = first;
        this.longestBackoff = longest;
        return this;
    }

    /**
     * As {@link #sourceBreaker(double, Duration)} with a failure rate of 0.5 and a pause of one minute.
     *
     * @return this
     */
    public StampedeCacheBuilder<K, V> sourceBreaker() {
        return sourceBreaker(0.5, Duration.ofMinutes(1));
    }

    /**
     * Leaves the whole source alone while it is failing. When that share of the last 20 loads of this node has failed, and
     * there were at least 10, the loader is not called for the pause, nor by {@code refresh}; then one load is let through:
     * it closes the breaker, or begins the next pause. Default: no breaker.
     *
     * <p>A load is asked for in this order: the {@code backoff} of its key first, which spares the breaker keys that are
     * left alone anyway; then the breaker; then {@code maxConcurrentLoads}, so that nobody waits in line for a source that
     * is not to be asked. Of a bulk load each key is a load. A load inside a load is a part of the outer one.
     *
     * <p>Only failures that the predicate of {@code staleOnError} calls trouble count as such, and loads that pass their
     * {@code loaderDeadline}; the source's answers (a 404) are successes. Slow loads are successes too: what limits those
     * is {@code maxConcurrentLoads}. A load that was interrupted, given up before it began, or refused counts as nothing.
     *
     * <p>While the breaker is open, callers get the stale value that {@code staleOnError} allows, else the
     * {@code fallback}, else a {@link LoadRejectedException}. Each node has a breaker of its own, and a load that one has
     * refused is free for the next node that waits for it: it may be this node's way to the source that is broken.
     *
     * @param failureRate the share of failed loads that opens the breaker, 0.01 to 1
     * @param pause how long the loader is not called; 1 ms to 24 hours, in whole milliseconds
     * @return this
     */
    public StampedeCacheBuilder<K, V> sourceBreaker(double failureRate, Duration pause) {
        this.breaksSource = true;
        this.breakingRate = failureRate;
        this.breakingPause = pause;
        return this;
    }

    /**
     * What callers get when a load has failed, took too long or could not begin, and there is no stale value for them.
     * It is not stored. Default: they get the exception.
     *
     * @param fallback makes a value, or null, of the key and the exception; on the caller's thread or the executor
     * @return this
     */
    public StampedeCacheBuilder<K, V> fallback(
            BiFunction<? super K, ? super Throwable, ? extends @Nullable V> fallback) {
        this.fallback = Objects.requireNonNull(fallback, "fallback");
        return this;
    }

    /**
     * For values that callers may change: each read gets a copy, and a put stores one. Default: all share one instance.
     *
     * @param copier makes a copy
     * @return this
     */
    public StampedeCacheBuilder<K, V> copyValues(UnaryOperator<V> copier) {
        this.copier = Objects.requireNonNull(copier, "copier");
        return this;
    }

    /**
     * Compresses values in the remote tier that are larger than so many bytes, where that makes them smaller. What is
     * stored already can be read whatever this is set to. Default: none is compressed.
     *
     * @param aboveBytes the size above which values are compressed, at least 0
     * @return this
     */
    public StampedeCacheBuilder<K, V> compression(int aboveBytes) {
        this.compressAbove = aboveBytes;
        return this;
    }

    /**
     * How many bytes a value may have in the remote tier, as its codec writes it. One that is larger is answered to its
     * callers and kept on its node only when it was loaded, and refused by {@code put}; what is found there and is larger
     * is a miss. Default 16 MiB; at most 1 GiB.
     *
     * @param bytes the size
     * @return this
     */
    public StampedeCacheBuilder<K, V> maxValueSize(int bytes) {
        this.maxValueSize = bytes;
        return this;
    }

    /**
     * Encrypts values in the remote tier. Keys, tags and times stay readable there. Default: not encrypted.
     *
     * @param keys the key to write with, and those to read with
     * @return this
     */
    public StampedeCacheBuilder<K, V> encryption(EncryptionKeys keys) {
        this.encryptionKeys = Objects.requireNonNull(keys, "keys");
        return this;
    }

    /**
     * Keeps keys out of logs and exception messages: they show a hash instead. Default off.
     *
     * @return this
     */
    public StampedeCacheBuilder<K, V> redactKeys() {
        this.redactsKeys = true;
        return this;
    }

    /**
     * Whom to tell what happens: metrics, for example. Called again, one more. Default: nobody.
     *
     * @param listener the listener
     * @return this
     */
    public StampedeCacheBuilder<K, V> listener(CacheListener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * How many entries L1 holds at most. Default 10,000; at least 1.
     *
     * @param maximumSize the number of entries
     * @return this
     */
    public StampedeCacheBuilder<K, V> maximumSize(long maximumSize) {
        this.maximumSize = maximumSize;
        return this;
    }

    /**
     * The tier that all nodes share. Without one the cache is L1 alone.
     *
     * @param connection the connection, which the cache does not close
     * @param codec writes and reads the values
     * @return this
     */
    public StampedeCacheBuilder<K, V> remote(RemoteConnection connection, Codec<V> codec) {
        this.remote = Objects.requireNonNull(connection, "connection");
        this.codec = Objects.requireNonNull(codec, "codec");
        return this;
    }

    /**
     * How keys are written in the remote tier. Not needed for strings, numbers, UUIDs and enums.
     *
     * @param keyCodec the codec
     * @return this
     */
    public StampedeCacheBuilder<K, V> keyCodec(KeyCodec<K> keyCodec) {
        this.keyCodec = Objects.requireNonNull(keyCodec, "keyCodec");
        return this;
    }

    /**
     * How long a load may take. Then the loader is interrupted, or its future cancelled, the key is free again, everybody
     * who waited gets a {@link LoadTimeoutException}, and a value that comes late is stored nowhere. Default 30 s; 1 ms
     * to 24 hours.
     *
     * @param loaderDeadline the deadline
     * @return this
     */
    public StampedeCacheBuilder<K, V> loaderDeadline(Duration loaderDeadline) {
        this.loaderDeadline = loaderDeadline;
        return this;
    }

    /**
     * How much time the remote tier may add to one call, all its commands together. Default 500 ms; 1 ms to 24 hours.
     *
     * @param remoteTimeout the timeout
     * @return this
     */
    public StampedeCacheBuilder<K, V> remoteTimeout(Duration remoteTimeout) {
        this.remoteTimeout = remoteTimeout;
        return this;
    }

    /**
     * How long a key stays reserved for a node that has died while it was loading; it is renewed while the loader runs.
     * Longer than the pauses you expect (garbage collection), shorter than what callers can wait. Default 5 s; 10 ms to
     * 24 hours.
     *
     * @param leaseTtl the lease's TTL
     * @return this
     */
    public StampedeCacheBuilder<K, V> leaseTtl(Duration leaseTtl) {
        this.leaseTtl = leaseTtl;
        return this;
    }

    /**
     * How long this node trusts L1 without a proof that it has heard of every write elsewhere. It asks the remote tier for
     * that proof three times as often, or more. A message that was lost, a connection that is half open, or a remote tier that is
     * away, leave an old value in L1 for no longer than this; afterwards entries are confirmed before they are served as
     * fresh. Shorter costs more questions: three in this time for each cache and node. Default 5 s; 100 ms to 1 hour.
     *
     * @param suspectAfter the longest time without a proof
     * @return this
     */
    public StampedeCacheBuilder<K, V> suspectAfter(Duration suspectAfter) {
        this.suspectAfter = suspectAfter;
        return this;
    }

    /**
     * How long an entry of L1 that is still within its ttl goes on being served, as {@link Result.Source#SUSPECT}, while
     * it can't be confirmed because the remote tier can't be asked. Counted from the moment of which it is known that it
     * was right. Zero is strict: each read of such an entry then goes to the source. Default: as long as its ttl lasts;
     * zero to 100 years.
     *
     * @param cutOffTtl the longest time
     * @return this
     */
    public StampedeCacheBuilder<K, V> cutOffTtl(Duration cutOffTtl) {
        this.cutOffTtl = Objects.requireNonNull(cutOffTtl, "cutOffTtl");
        return this;
    }

    /**
     * How many questions this cache has open at the remote tier at a time, so that one that hangs does not fill the memory
     * with them. A read beyond that waits for its turn, and goes on without the remote tier when {@code remoteTimeout} is
     * over. Default 1,000; at least 1.
     *
     * @param maxConcurrentRemoteCalls how many
     * @return this
     */
    public StampedeCacheBuilder<K, V> maxConcurrentRemoteCalls(int maxConcurrentRemoteCalls) {
        this.maxConcurrentRemoteCalls = maxConcurrentRemoteCalls;
        return this;
    }

    /**
     * How many keys and tags that were written while the remote tier was away this node remembers, to invalidate them
     * there when it is back. One more turns them all into one clear of the cache. Default 10,000; 1 to 1,000,000.
     *
     * @param maxQueuedInvalidations how many
     * @return this
     */
    public StampedeCacheBuilder<K, V> maxQueuedInvalidations(int maxQueuedInvalidations) {
        this.maxQueuedInvalidations = maxQueuedInvalidations;
        return this;
    }

    /**
     * For how long a server that takes over from another one may not have heard of what that one had acknowledged. When
     * another server answers, what this node has written in that time is told to it again, as invalidations; no more than
     * {@code maxQueuedInvalidations}, beyond which the cache is cleared. Longer than your replication lags and a failover
     * takes. Default 10 s; zero to 1 hour.
     *
     * @param failoverWindow how long
     * @return this
     */
    public StampedeCacheBuilder<K, V> failoverWindow(Duration failoverWindow) {
        this.failoverWindow = failoverWindow;
        return this;
    }

    /**
     * The clock, the chance and the threads that the cache uses. Default {@link Environment#system}; handed in for tests
     * on virtual time, or to run on an application's own executor. The cache does not close it.
     *
     * @param environment the environment
     * @return this
     */
    public StampedeCacheBuilder<K, V> environment(Environment environment) {
        this.environment = Objects.requireNonNull(environment, "environment");
        return this;
    }

    /**
     * Builds a cache whose callers bring their loaders. Succeeds while the remote tier is away.
     *
     * @return the cache
     * @throws IllegalArgumentException if an option is missing or out of range, naming it
     */
    public StampedeCache<K, V> build() {
        return new ClusterCache<>(assemble());
    }

    /**
     * Builds a cache that knows its loader. Succeeds while the remote tier is away.
     *
     * @param loader reads values from their source
     * @return the cache
     * @throws IllegalArgumentException if an option is missing or out of range, naming it
     */
    public LoadingStampedeCache<K, V> build(Loader<? super K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        return new LoadingClusterCache<>(assemble(), loader);
    }

    private Assembly<K, V> assemble() {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name = '" + name + "': a cache's name is 1 to 100 letters, digits and the characters . _ : -");
        }
        if (maximumSize < 1) {
            throw wrong("maximumSize", maximumSize, "at least 1");
        }
        Settings<K, V> settings = new Settings<>(
                name,
                maximumSize,
                redactsKeys,
                checkedFreshness(),
                checkedTimeouts(),
                checkedProtection(),
                checkedAway(),
                copier);
        return Assembly.of(settings, environment, listeners, checkedRemote());
    }

    private Freshness checkedFreshness() {
        if (ttl == null) {
            throw wrong("ttl", "not set", "it is required, from " + Durations.TTL_RANGE);
        }
        if (!(jitter >= 0 && jitter <= MOST_JITTER)) {
            throw wrong("jitter", jitter, "allowed is 0 to " + MOST_JITTER);
        }
        if (!(beta >= 0 && beta <= MOST_BETA)) {
            throw wrong("earlyRefresh", beta, "allowed is 0 to " + MOST_BETA);
        }
        if (localTtl != null && remote == null) {
            throw wrong("localTtl", localTtl, "it needs a remote tier; without one there is only ttl");
        }
        return new Freshness(
                nanos("ttl", ttl, Durations.SHORTEST, Durations.LONGEST, Durations.TTL_RANGE),
                Duration.ZERO.equals(negativeTtl)
                        ? 0
                        : nanos(
                                "negativeTtl",
                                negativeTtl,
                                Durations.SHORTEST,
                                Durations.LONGEST,
                                "zero, or " + Durations.TTL_RANGE),
                jitter,
                beta,
                optional("localTtl", localTtl, Durations.LONGEST, Durations.TTL_RANGE),
                nanos("staleWhileRevalidate", staleWhileRevalidate, Duration.ZERO, Durations.LONGEST, WINDOW_RANGE),
                nanos("staleOnError", staleOnError, Duration.ZERO, Durations.LONGEST, WINDOW_RANGE));
    }

    private Settings.Timeouts checkedTimeouts() {
        long lease = nanos("leaseTtl", leaseTtl, Duration.ofMillis(10), LONGEST_WAIT, "10 ms to 24 h");
        return new Settings.Timeouts(
                optional("softTimeout", softTimeout, LONGEST_WAIT, WAIT_RANGE),
                optional("hardTimeout", hardTimeout, LONGEST_WAIT, WAIT_RANGE),
                nanos("loaderDeadline", loaderDeadline, Durations.SHORTEST, LONGEST_WAIT, WAIT_RANGE),
                nanos("remoteTimeout", remoteTimeout, Durations.SHORTEST, LONGEST_WAIT, WAIT_RANGE),
                lease / 1_000_000);
    }

    private Settings.Protection<K, V> checkedProtection() {
        if (maxConcurrentLoads < 1) {
            throw wrong("maxConcurrentLoads", maxConcurrentLoads, "at least 1");
        }
        long first = nanos("backoff(first)", firstBackoff, Duration.ZERO, LONGEST_WAIT, "0 to 24 h");
        long longest = nanos("backoff(longest)", longestBackoff, Duration.ZERO, LONGEST_WAIT, "0 to 24 h");
        if (longest < first) {
            throw wrong("backoff(longest)", longestBackoff, "at least backoff(first), which is " + firstBackoff);
        }
        return new Settings.Protection<>(
                maxConcurrentLoads,
                nanos("maxLoadWait", maxLoadWait, Durations.SHORTEST, LONGEST_WAIT, WAIT_RANGE),
                first,
                longest,
                checkedBreaker(),
                isOutage,
                fallback);
    }

    private Settings.Away checkedAway() {
        if (maxConcurrentRemoteCalls < 1) {
            throw wrong("maxConcurrentRemoteCalls", maxConcurrentRemoteCalls, "at least 1");
        }
        if (maxQueuedInvalidations < 1 || maxQueuedInvalidations > MOST_QUEUED) {
            throw wrong("maxQueuedInvalidations", maxQueuedInvalidations, "allowed is 1 to 1000000");
        }
        return new Settings.Away(
                nanos("suspectAfter", suspectAfter, Duration.ofMillis(100), Duration.ofHours(1), "100 ms to 1 h"),
                cutOffTtl == null
                        ? Long.MAX_VALUE
                        : nanos("cutOffTtl", cutOffTtl, Duration.ZERO, Durations.LONGEST, WINDOW_RANGE),
                maxConcurrentRemoteCalls,
                maxQueuedInvalidations,
                nanos("failoverWindow", failoverWindow, Duration.ZERO, Duration.ofHours(1), "0 to 1 h"));
    }

    private Settings.@Nullable Breaking checkedBreaker() {
        if (!breaksSource) {
            return null;
        }
        if (!(breakingRate >= LEAST_FAILURE_RATE && breakingRate <= 1)) {
            throw wrong("sourceBreaker(failureRate)", breakingRate, "allowed is " + LEAST_FAILURE_RATE + " to 1");
        }
        return new Settings.Breaking(
                breakingRate,
                nanos("sourceBreaker(pause)", breakingPause, Durations.SHORTEST, LONGEST_WAIT, WAIT_RANGE));
    }

    private Assembly.@Nullable RemoteParts<K, V> checkedRemote() {
        Codec<V> itsCodec = codec;
        if (remote == null || itsCodec == null) {
            return null;
        }
        KeyCodec<K> keys = keyCodec != null ? keyCodec : KeyCodecs.builtIn(keyType);
        if (keys == null) {
            throw wrong(
                    "keyCodec",
                    "not set",
                    "keys of type " + keyType.getName()
                            + " need one with a remote tier; only String, numbers, UUID and "
                            + "enums have one by themselves, and only if the type is given to builder() as in "
                            + "StampedeCache.<Long, Product>builder(\"products\")");
        }
        if (compressAbove < 0) {
            throw wrong("compression", compressAbove, "at least 0 bytes");
        }
        if (maxValueSize < 1 || maxValueSize > MOST_BYTES) {
            throw wrong("maxValueSize", maxValueSize, "allowed is 1 byte to 1 GiB");
        }
        return new Assembly.RemoteParts<>(remote, keys, itsCodec, compressAbove, maxValueSize, encryptionKeys);
    }

    private long optional(String option, @Nullable Duration value, Duration most, String allowed) {
        return value == null ? Long.MAX_VALUE : nanos(option, value, Durations.SHORTEST, most, allowed);
    }

    private long nanos(String option, @Nullable Duration value, Duration least, Duration most, String allowed) {
        if (value == null) {
            throw wrong(option, "not set", "allowed is " + allowed);
        }
        if (!Durations.isWithin(value, least, most)) {
            throw wrong(option, value, "allowed is " + allowed);
        }
        return value.toNanos();
    }

    private IllegalArgumentException wrong(String option, Object value, String allowed) {
        return new IllegalArgumentException("Cache '" + name + "': " + option + " = " + value + ": " + allowed);
    }
}
