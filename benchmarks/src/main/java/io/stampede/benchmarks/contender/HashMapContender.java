package io.stampede.benchmarks.contender;

import java.util.concurrent.ConcurrentHashMap;

/** The limit: nothing that caches in the JVM is faster. */
final class HashMapContender implements Contender {

    private final ConcurrentHashMap<String, String> values;
    private final Source source;

    HashMapContender(Setup setup, Source source) {
        this.values = new ConcurrentHashMap<>(2 * setup.localSize());
        this.source = source;
    }

    @Override
    public String get(String key) {
        // computeIfAbsent by itself may lock for a key that is there.
        String value = values.get(key);
        return value == null ? values.computeIfAbsent(key, source::load) : value;
    }

    @Override
    public void put(String key, String value) {
        values.put(key, value);
    }

    @Override
    public void invalidate(String key) {
        values.remove(key);
    }

    @Override
    public void close() {
        values.clear();
    }
}
