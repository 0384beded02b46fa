package io.stampede;

import io.stampede.Result.Source;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The way to the listeners: what one throws ends here, be it a checked exception, and is logged now and then.
 *
 * <p>They are user code: inside a step of {@link LocalTier#change} nothing is told, but after it. Only an eviction is told
 * where it happens.
 */
final class Events {

    private static final System.Logger LOG = System.getLogger(Events.class.getName());

    /** The first failure is logged, then each thousandth. */
    private static final long LOGGED_ONE_IN = 1_000;

    private final CacheListener[] listeners;
    private final AtomicLong failures = new AtomicLong();

    Events(CacheListener... listeners) {
        this.listeners = listeners.clone();
    }

    /** The most frequent event, and hence apart: no lambda, nothing allocated. */
    void hit() {
        for (CacheListener listener : listeners) {
            try {
                listener.onRead(Source.L1);
            } catch (Throwable e) {
                failed(e);
            }
        }
    }

    void tell(Consumer<CacheListener> event) {
        for (CacheListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                failed(e);
            }
        }
    }

    private void failed(Throwable failure) {
        if (failures.getAndIncrement() % LOGGED_ONE_IN == 0) {
            LOG.log(System.Logger.Level.WARNING, "A CacheListener has thrown, which harms only itself", failure);
        }
    }
}
