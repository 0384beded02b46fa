package io.stampede.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * One cache as one transaction sees it: the writes that wait for its commit, and what they mean for its reads.
 *
 * <p>Not thread-safe: a transaction is one thread's at a time.
 */
final class TransactionView {

    private static final Log LOG = LogFactory.getLog(TransactionView.class);

    /** A transaction that writes more clears the cache instead: what it remembers is to have an end. */
    static final int MAX_WRITES = 10_000;

    private final SpringCache cache;
    private final List<Write> writes = new ArrayList<>();
    private final Map<Object, Write> lastByKey = new HashMap<>();
    private final IdentityHashMap<Object, Integer> sizeAtSavepoint = new IdentityHashMap<>();
    private @Nullable Write lastWide;

    TransactionView(SpringCache cache) {
        this.cache = cache;
    }

    SpringCache cache() {
        return cache;
    }

    /** What is to be done at the commit, in this order. */
    List<Write> writes() {
        return List.copyOf(writes);
    }

    /** The last write that may concern a key; null if there is none, so that the key is read as everybody reads it. */
    @Nullable
    Write of(Object key) {
        Write own = lastByKey.get(key);
        return own != null ? own : lastWide;
    }

    void add(Write write) {
        if (isRedundant(write)) {
            return;
        }
        if (writes.size() >= MAX_WRITES) {
            becomeClear();
        }
        writes.add(write);
        index(write);
    }

    private boolean isRedundant(Write write) {
        Object key = write.target();
        if (write.kind() != Write.Kind.EVICT || key == null) {
            return false;
        }
        Write last = of(key);
        return last != null && last.impliesEviction();
    }

    private void becomeClear() {
        LOG.warn("Cache '" + cache.getName() + "': a transaction makes more than " + MAX_WRITES
                + " writes; when it commits, the whole cache is cleared in their place");
        writes.clear();
        writes.add(Write.clear());
        sizeAtSavepoint.replaceAll((savepoint, size) -> Math.min(size, writes.size()));
        indexAnew();
    }

    private void indexAnew() {
        lastByKey.clear();
        lastWide = null;
        writes.forEach(this::index);
    }

    private void index(Write write) {
        Object key = write.target();
        if (write.isWide() || key == null) {
            lastByKey.clear();
            lastWide = write;
        } else {
            lastByKey.put(key, write);
        }
    }

    void savepoint(Object savepoint) {
        sizeAtSavepoint.put(savepoint, writes.size());
    }

    /** Forgets what was written after a savepoint, which is everything if it is not known here. */
    void rollBackTo(Object savepoint) {
        int size = sizeAtSavepoint.getOrDefault(savepoint, 0);
        if (size < writes.size()) {
            writes.subList(size, writes.size()).clear();
            indexAnew();
        }
    }
}
