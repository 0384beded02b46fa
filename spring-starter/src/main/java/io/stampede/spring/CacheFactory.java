package io.stampede.spring;

import io.stampede.CacheListener;
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
        String whyLocal = whyLocal(options, declared);
        CacheCounts counts = new CacheCounts();
        StampedeCacheBuilder<Object, Object> builder = StampedeCache.<Object, Object>builder(fullName(name))
                .keyCodec(new GuardedKeys(new SpringKeys(name, keyCodecs)))
                .listener(counts);
        listeners.forEach(factory -> builder.listener(factory.listener(name)));
        ValueType type = declared.type();
        RemoteConnection connection = remote;
        if (whyLocal == null && connection != null && type != null) {
            builder.remote(connection, values.codec(type));
        }
        options.applyTo(builder, whyLocal == null);
        customizers.forEach(customizer -> customizer.customize(name, builder));
        StampedeCache<Object, Object> cache = built(builder, options);
        if (remote != null && whyLocal != null && !options.isLocalOnly()) {
            LOG.warn("Cache '" + name + "' stays in this process: " + whyLocal);
        }
        return new BuiltCache(new SpringCache(name, cache, counts::localSize), options, type, whyLocal, counts);
    }

    private String fullName(String name) {
        String namespace = properties.getNamespace();
        return CacheNames.encoded(namespace.isEmpty() ? name : namespace + ":" + name);
    }

    private @Nullable String whyLocal(CacheOptions options, DeclaredType declared) {
        if (remote == null) {
            return "no Redis is configured";
        }
        if (options.isLocalOnly()) {
            return "it is to (localOnly)";
        }
        return declared.type() == null
                ? "the type of its values is not known (" + declared.whyUnknown() + "); " + options.howToNameType()
                : null;
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
