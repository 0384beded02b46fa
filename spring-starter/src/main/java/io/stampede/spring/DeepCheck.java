package io.stampede.spring;

import io.stampede.Health;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Asks all caches how they are at the same time: one after the other, a silent Redis would hold the caller for each. */
final class DeepCheck {

    private static final int MAX_THREADS = 16;

    private DeepCheck() {}

    /** The health of each, by its name, in the order of the list. */
    static Map<String, Health> of(List<BuiltCache> caches) {
        Map<String, Health> found = new LinkedHashMap<>();
        if (caches.size() == 1) {
            BuiltCache only = caches.get(0);
            found.put(only.name(), only.cache().deepHealth());
        } else if (!caches.isEmpty()) {
            ExecutorService threads = Executors.newFixedThreadPool(Math.min(caches.size(), MAX_THREADS));
            try {
                Map<String, CompletableFuture<Health>> answers = new LinkedHashMap<>();
                caches.forEach(cache -> answers.put(
                        cache.name(),
                        CompletableFuture.supplyAsync(() -> cache.cache().deepHealth(), threads)));
                answers.forEach((name, answer) -> found.put(name, answer.join()));
            } finally {
                threads.shutdown();
            }
        }
        return found;
    }
}
