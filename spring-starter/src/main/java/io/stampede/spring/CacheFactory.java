package io.stampede.spring;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.KeyCodec;
import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import io.stampede.spi.RemoteConnection;
import io.stampede.spring.CacheCatalog.DeclaredType;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/** Builds a cache from what properties, methods and beans say of it. */
final class CacheFactory {

    private static final Log LOG = LogFactory.getLog(CacheFactory.class);

    private final StampedeProperties properties;
    private final Supplier<CacheCatalog> catalog;
    private final @Nullable RemoteConnection remote;
    private final ValueCodecs values;
    private final Map<Class<?>, KeyCodec<?>> keyCodecs;
    private final List<CacheListenerFactory> listeners;
    private final List<StampedeCacheCustomizer> customizers;

    /** Makes a listener for each cache, or none. */
    @FunctionalInterface
    interface CacheListenerFactory {
        CacheListener listener(String cache);
    }

    CacheFactory(
            StampedeProperties properties,
            Supplier<CacheCatalog> catalog,
            @Nullable RemoteConnection remote,
            ValueCodecs values,
            Map<Class<?>, KeyCodec<?>> keyCodecs,
            List<CacheListenerFactory> listeners,
            List<StampedeCacheCustomizer> customizers) {
        this.properties = properties;
        this.catalog = catalog;
        this.remote = remote;
        this.values = values;
        this.keyCodecs = keyCodecs;
        this.listeners = listeners;
        this.customizers = customizers;
    }

    CacheCatalog catalog() {
        return catalog.get();
    }

    /**
     * Builds it.
     *
     * @throws StampedeConfigurationException if it can't be as it is wanted
     */
    BuiltCache build(String name) {
        CacheOptions options = catalog().options(name);
        DeclaredType declared = catalog().type(name);
        Written written = written(options, declared);
        String whyLocal = written.whyLocal();
        CacheCounts counts = new CacheCounts();
        KeyCodec<Object> keys = new GuardedKeys(new SpringKeys(name, keyCodecs));
        String fullName = fullName(name);
        StampedeCacheBuilder<Object, Object> builder =
                StampedeCache.<Object, Object>builder(fullName).keyCodec(keys).listener(counts);
        listeners.forEach(factory -> builder.listener(factory.listener(name)));
        written.to(builder);
        options.applyTo(builder, whyLocal == null);
        customizers.forEach(customizer -> customizer.customize(name, builder));
        StampedeCache<Object, Object> cache = built(builder, options);
        if (remote != null && whyLocal != null && !options.isLocalOnly()) {
            LOG.warn("Cache '" + name + "' stays in this process: " + whyLocal);
        }
        return new BuiltCache(
                new SpringCache(name, cache, counts::localSize),
                fullName,
                keys,
                options,
                declared.type(),
                whyLocal,
                counts);
    }

    private String fullName(String name) {
        String namespace = properties.getNamespace();
        return CacheNames.encoded(namespace.isEmpty() ? name : namespace + ":" + name);
    }

    /**
     * Where a cache is written to, and how.
     *
     * @param connection the way to the remote tier; null if the cache stays in the process
     * @param codec writes the values there
     * @param whyLocal why it stays in the process
     */
    private record Written(
            @Nullable RemoteConnection connection,
            @Nullable Codec<Object> codec,
            @Nullable String whyLocal) {

        static Written nowhere(String why) {
            return new Written(null, null, why);
        }

        void to(StampedeCacheBuilder<Object, Object> builder) {
            if (connection != null && codec != null) {
                builder.remote(connection, codec);
            }
        }
    }

    private Written written(CacheOptions options, DeclaredType declared) {
        if (remote == null) {
            return Written.nowhere("no Redis is configured");
        }
        if (options.isLocalOnly()) {
            return Written.nowhere("it is to (localOnly)");
        }
        ValueType type = declared.type();
        if (type == null) {
            return Written.nowhere("the type of its values is not known (" + declared.whyUnknown() + "); "
                    + options.propertyOfType() + " says it");
        }
        try {
            return new Written(remote, values.codec(type), null);
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            if (type.isExplicit()) {
                throw new StampedeConfigurationException(options.propertyOfType(), type, problem, e);
            }
            return Written.nowhere(problem);
        }
    }

    private static StampedeCache<Object, Object> built(
            StampedeCacheBuilder<Object, Object> builder, CacheOptions options) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw options.blame(e);
        }
    }
}
