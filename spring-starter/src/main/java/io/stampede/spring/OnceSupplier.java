package io.stampede.spring;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds something out when it is first asked for, and only then. Thread-safe. */
final class OnceSupplier<T> implements Supplier<T> {

    private final Supplier<T> source;
    private @Nullable T value;

    OnceSupplier(Supplier<T> source) {
        this.source = source;
    }

    @Override
    public synchronized T get() {
        T known = value;
        if (known == null) {
            known = source.get();
            value = known;
        }
        return known;
    }
}
