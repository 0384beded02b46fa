package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.Objects;
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
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final Duration LONGEST_WAIT = Duration.ofHours(24);

    private final String name;
    private final Class<?> keyType;
    private @Nullable Duration ttl;
    private long maximumSize = 10_000;
    private Duration loaderDeadline = Duration.ofSeconds(30);
    private Duration remoteTimeout = Duration.ofMillis(500);
    private Duration leaseTtl = Duration.ofSeconds(5);
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
        Assembly<K, V> parts = assemble();
        return new ClusterCache<>(parts.flights(), parts.onClose());
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
        Assembly<K, V> parts = assemble();
        return new LoadingClusterCache<>(parts.flights(), parts.onClose(), loader);
    }

    private Assembly<K, V> assemble() {
        return Assembly.of(checked(), environment, remote);
    }

    private Settings<K, V> checked() {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name = '" + name + "': a cache's name is 1 to 100 letters, digits and the characters . _ : -");
        }
        if (ttl == null) {
            throw wrong("ttl", "not set", "it is required, from 1 ms to 100 years");
        }
        if (maximumSize < 1) {
            throw wrong("maximumSize", maximumSize, "at least 1");
        }
        KeyCodec<K> keys = keyCodec != null ? keyCodec : KeyCodecs.builtIn(keyType);
        if (remote != null && keys == null) {
            throw wrong(
                    "keyCodec",
                    "not set",
                    "keys of type " + keyType.getName()
                            + " need one with a remote tier; only String, numbers, UUID and "
                            + "enums have one by themselves, and only if the type is given to builder() as in "
                            + "StampedeCache.<Long, Product>builder(\"products\")");
        }
        long ttlNanos = nanos("ttl", ttl, SHORTEST, LONGEST, "1 ms to 100 years");
        long deadlineNanos = nanos("loaderDeadline", loaderDeadline, SHORTEST, LONGEST_WAIT, "1 ms to 24 h");
        long timeoutNanos = nanos("remoteTimeout", remoteTimeout, SHORTEST, LONGEST_WAIT, "1 ms to 24 h");
        long leaseNanos = nanos("leaseTtl", leaseTtl, Duration.ofMillis(10), LONGEST_WAIT, "10 ms to 24 h");
        return new Settings<>(
                name, ttlNanos, maximumSize, deadlineNanos, timeoutNanos, leaseNanos / 1_000_000, keys, codec);
    }

    private long nanos(String option, @Nullable Duration value, Duration least, Duration most, String allowed) {
        if (value == null) {
            throw wrong(option, "not set", "allowed is " + allowed);
        }
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw wrong(option, value, "allowed is " + allowed);
        }
        return value.toNanos();
    }

    private IllegalArgumentException wrong(String option, Object value, String allowed) {
        return new IllegalArgumentException("Cache '" + name + "': " + option + " = " + value + ": " + allowed);
    }
}
