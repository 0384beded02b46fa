package io.stampede.benchmarks.contender;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stampede.Codec;
import io.stampede.LoadingStampedeCache;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.metrics.MicrometerListener;
import io.stampede.redis.RedisTier;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** Stampede, with its defaults unless it is tuned. */
public final class Stampede implements Contender {

    private final Source source;
    private final RedisTier redis;
    private final LoadingStampedeCache<String, String> cache;

    private Stampede(Setup setup, Source source, UnaryOperator<StampedeCacheBuilder<String, String>> options) {
        this.source = source;
        this.redis = RedisTier.connect(setup.redisUri());
        StampedeCacheBuilder<String, String> builder = StampedeCache.<String, String>builder("texts")
                .ttl(setup.ttl())
                // It always has a first tier. One entry is next to none.
                .maximumSize(Math.max(1, setup.localSize()))
                .remote(redis, Codec.strings());
        if (setup.localTtl().compareTo(setup.ttl()) < 0) {
            builder.localTtl(setup.localTtl());
        }
        this.cache = options.apply(builder).build(source::load);
    }

    /** With settings that are not its defaults. */
    public static Contender tuned(
            Setup setup, Source source, UnaryOperator<StampedeCacheBuilder<String, String>> settings) {
        return new Stampede(setup, source, settings);
    }

    static Contender withDefaults(Setup setup, Source source) {
        return new Stampede(setup, source, options -> options);
    }

    /** As an application runs it that wants to see what its cache does. */
    static Contender metered(Setup setup, Source source) {
        return new Stampede(
                setup, source, options -> options.listener(new MicrometerListener(new SimpleMeterRegistry())));
    }

    @Override
    public String get(String key) {
        return Objects.requireNonNull(cache.get(key), "no such value");
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        return cache.getAll(keys, source::loadAll);
    }

    @Override
    public void put(String key, String value) {
        cache.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        cache.invalidate(key);
    }

    @Override
    public void close() {
        cache.close();
        redis.close();
    }
}
