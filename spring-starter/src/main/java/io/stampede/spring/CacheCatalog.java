package io.stampede.spring;

import io.stampede.spring.CacheOptions.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** What the cached methods of an application say, put together by cache. */
final class CacheCatalog {

    private final StampedeProperties properties;
    private final List<CachedMethod> methods;
    private final AnnotatedOptions annotated;
    private final @Nullable ClassLoader classLoader;

    CacheCatalog(
            StampedeProperties properties,
            List<CachedMethod> methods,
            AnnotatedOptions annotated,
            @Nullable ClassLoader classLoader) {
        this.properties = properties;
        this.methods = methods;
        this.annotated = annotated;
        this.classLoader = classLoader;
    }

    List<CachedMethod> methods() {
        return methods;
    }

    /** All caches that somebody names, in the properties or at a method. */
    Set<String> names() {
        Set<String> names = new LinkedHashSet<>(properties.getCaches().keySet());
        methods.forEach(method -> names.addAll(method.cacheNames()));
        return names;
    }

    private List<CachedMethod> of(String cache) {
        return methods.stream()
                .filter(method -> method.storesIn().contains(cache))
                .toList();
    }

    /**
     * The options of a cache.
     *
     * @throws StampedeConfigurationException if two methods set one differently
     */
    CacheOptions options(String cache) {
        Map<Option<?>, Setting> settings = new LinkedHashMap<>();
        for (CachedMethod method : of(cache)) {
            annotated.of(method).forEach((option, setting) -> {
                Setting before = settings.putIfAbsent(option, setting);
                if (before != null && !before.value().equals(setting.value())) {
                    throw new StampedeConfigurationException(
                            setting.origin(),
                            CacheOptions.text(setting.value()),
                            "cache '" + cache + "' already has another one, " + CacheOptions.text(before.value())
                                    + ", by " + before.origin()
                                    + "; an option of a cache is to be set at one method, or"
                                    + " to the same value, or by " + StampedeProperties.PREFIX + ".caches." + cache
                                    + "." + option.property());
                }
            });
        }
        return new CacheOptions(cache, properties, settings);
    }

    /**
     * The type of the values of a cache, as the properties or its methods have it.
     *
     * @throws StampedeConfigurationException if two methods differ about it
     */
    DeclaredType type(String cache) {
        NamedCacheProperties own = properties.getCaches().get(cache);
        String text = own == null ? null : own.getType();
        return text == null ? typeOfMethods(cache) : named(cache, text);
    }

    private DeclaredType named(String cache, String text) {
        try {
            return new DeclaredType(ValueType.parse(text, classLoaderOrDefault()), null);
        } catch (IllegalArgumentException e) {
            throw new StampedeConfigurationException(
                    StampedeProperties.PREFIX + ".caches." + cache + ".type", text, String.valueOf(e.getMessage()), e);
        }
    }

    private ClassLoader classLoaderOrDefault() {
        ClassLoader loader = classLoader == null ? ClassUtils.getDefaultClassLoader() : classLoader;
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    private DeclaredType typeOfMethods(String cache) {
        CachedMethod first = null;
        String whyUnknown = null;
        for (CachedMethod method : of(cache)) {
            ValueType type = method.type();
            if (!type.isKnown()) {
                whyUnknown = method + ": " + type.whyUnknown();
            } else if (first == null) {
                first = method;
            } else if (!first.type().equals(type)) {
                throw new StampedeConfigurationException(
                        "cache '" + cache + "'",
                        null,
                        "its methods return values of different types: " + first + " returns "
                                + first.type() + ", " + method + " returns " + type
                                + ". Give one of them a cache of its own, or name a common type by "
                                + StampedeProperties.PREFIX + ".caches." + cache + ".type");
            }
        }
        if (whyUnknown != null) {
            return new DeclaredType(null, whyUnknown);
        }
        return first == null
                ? new DeclaredType(null, "no cached method names it")
                : new DeclaredType(first.type(), null);
    }

    /**
     * The type of a cache's values, if it is known.
     *
     * @param type the type
     * @param whyUnknown why not, for people
     */
    record DeclaredType(@Nullable ValueType type, @Nullable String whyUnknown) {}

    /** Pairs of methods that give equal keys in one cache for equal arguments, though they are not the same question. */
    List<String> collisions() {
        List<String> found = new ArrayList<>();
        for (String cache : names()) {
            List<CachedMethod> byArguments = of(cache).stream()
                    .filter(method -> method.isCacheable() && method.hasDefaultKeyIn(cache))
                    .toList();
            for (int i = 0; i < byArguments.size(); i++) {
                for (int j = i + 1; j < byArguments.size(); j++) {
                    if (byArguments.get(i).hasParametersOf(byArguments.get(j))) {
                        found.add("Cache '" + cache + "': " + byArguments.get(i) + " and " + byArguments.get(j)
                                + " have the same key for the same arguments, so that each may get the other's value;"
                                + " give one of them a key or a cache of its own");
                    }
                }
            }
        }
        return found;
    }

    /** Methods whose loads nobody keeps from running side by side, and why. */
    List<String> unprotected() {
        return methods.stream()
                .filter(CachedMethod::isCacheable)
                .filter(method -> method.whyUnprotected() != null)
                .map(method -> method + ": " + method.whyUnprotected()
                        + ". It is cached as Spring does it, and its loads are not protected against running at once")
                .toList();
    }
}
