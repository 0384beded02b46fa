package io.stampede;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many loads of a cache may run on this node at a time, and who is next. A permit is given back when its load has
 * really ended, however late: a load that nobody waits for any more burdens the source all the same.
 *
 * <p>Thread-safe.
 */
final class LoadPermits extends Permits {

    private final Set<Thread> loading = ConcurrentHashMap.newKeySet();

    LoadPermits(int most) {
        super(most);
    }

    /**
     * A loader begins to run on this thread. What it loads on the way needs no permit: it has one, and waits.
     *
     * @return true if no other loader of the cache runs on it already
     */
    boolean enter(Thread thread) {
        return loading.add(thread);
    }

    void leave(Thread thread) {
        loading.remove(thread);
    }

    boolean isLoading(@Nullable Thread thread) {
        return thread != null && loading.contains(thread);
    }
}
