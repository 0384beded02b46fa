package io.stampede.spring;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionService;
import org.springframework.util.ClassUtils;

/**
 * Reads keys that somebody has typed. Where a cache's methods have one simple parameter each, of one type, and that is the
 * key, the text is that parameter as people write it: {@code 42}. Otherwise, or where it is no such thing, it is the key as
 * the cache writes it in Redis.
 *
 * <p>Thread-safe.
 */
final class TypedKeys {

    private final Supplier<CacheCatalog> catalog;
    private final Supplier<@Nullable KeyGenerator> ownGenerator;
    private final ConversionService conversions = ApplicationConversionService.getSharedInstance();

    /**
     * Reads keys.
     *
     * @param ownGenerator the application's own default generator, which makes keys of parameters in its own way
     */
    TypedKeys(Supplier<CacheCatalog> catalog, Supplier<@Nullable KeyGenerator> ownGenerator) {
        this.catalog = catalog;
        this.ownGenerator = ownGenerator;
    }

    /** The methods whose calls are answered from a cache. */
    List<CachedMethod> methods(BuiltCache cache) {
        return catalog.get().methods().stream()
                .filter(CachedMethod::isCacheable)
                .filter(method -> method.storesIn().contains(cache.name()))
                .toList();
    }

    /** The type of a method's only parameter, if that is its key and of a simple type; else null. */
    @Nullable
    Class<?> simpleKey(CachedMethod method, BuiltCache cache) {
        if (!method.hasDefaultKeyIn(cache.name()) || method.method().getParameterCount() != 1) {
            return null;
        }
        Class<?> type = ResolvableType.forMethodParameter(method.method(), 0, method.beanClass())
                .resolve(Object.class);
        return BeanUtils.isSimpleValueType(type) && ownGenerator.get() == null
                ? ClassUtils.resolvePrimitiveIfNecessary(type)
                : null;
    }

    /**
     * The key that a text stands for.
     *
     * @throws RefusedRequestException if it stands for none
     */
    Object read(BuiltCache cache, String text) {
        Class<?> type = simpleKey(cache);
        Object plain = type == null ? null : converted(text, type);
        return plain == null ? decoded(cache, text, type) : plain;
    }

    private @Nullable Class<?> simpleKey(BuiltCache cache) {
        Set<@Nullable Class<?>> types = new HashSet<>();
        methods(cache).forEach(method -> types.add(simpleKey(method, cache)));
        return types.size() == 1 ? types.iterator().next() : null;
    }

    private @Nullable Object converted(String text, Class<?> type) {
        try {
            return conversions.convert(text, type);
        } catch (ConversionException e) {
            return null;
        }
    }

    private static Object decoded(BuiltCache cache, String text, @Nullable Class<?> type) {
        RuntimeException cause = null;
        try {
            Object key = cache.keys().decode(text);
            if (cache.keys().encode(key).equals(text)) {
                return key;
            }
        } catch (RuntimeException e) {
            cause = e;
        }
        String expected = type == null
                ? "a key as the cache writes it in Redis" + (cause == null ? "" : " (" + cause.getMessage() + ")")
                : "a " + type.getName();
        throw CacheSteering.refused("key = " + text + ": in cache '" + cache.name() + "' it is to be " + expected);
    }
}
