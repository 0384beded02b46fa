package io.stampede.benchmarks.contender;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;

/** The first tier of those who write it themselves: Caffeine, or none. */
sealed interface Local {

    @Nullable
    String get(String key);

    void put(String key, String value);

    void remove(String key);

    static Local of(Setup setup) {
        return setup.localSize() == 0 ? new None() : new InCaffeine(setup);
    }

    /** No first tier. */
    final class None implements Local {

        @Override
        public @Nullable String get(String key) {
            return null;
        }

        @Override
        public void put(String key, String value) {}

        @Override
        public void remove(String key) {}
    }

    /** Bounded, and each copy expires. */
    final class InCaffeine implements Local {

        private final Cache<String, String> cache;

        private InCaffeine(Setup setup) {
            this.cache = Caffeine.newBuilder()
                    .maximumSize(setup.localSize())
                    .expireAfterWrite(setup.localTtl())
                    .build();
        }

        @Override
        public @Nullable String get(String key) {
            return cache.getIfPresent(key);
        }

        @Override
        public void put(String key, String value) {
            cache.put(key, value);
        }

        @Override
        public void remove(String key) {
            cache.invalidate(key);
        }
    }
}
