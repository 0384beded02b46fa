package io.stampede.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.cache.interceptor.SimpleKey;

/** What a native image must not leave out, whatever the application caches. */
final class StampedeRuntimeHints implements RuntimeHintsRegistrar {

    StampedeRuntimeHints() {}

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern("io/stampede/redis/*.lua");
        hints.reflection().registerType(SimpleKey.class, hint -> hint.withField(SimpleKeys.FIELD));
    }
}
