package io.stampede;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A source that is read by several keys at a time, remembers which, and can be held. */
final class BulkSource implements BulkLoader<String, String> {

    /** The keys of each run. */
    final List<Set<String>> runs = new CopyOnWriteArrayList<>();

    /** The threads of the runs. */
    final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final String prefix;
    private volatile @Nullable Hold hold;

    BulkSource(String prefix) {
        this.prefix = prefix;
    }

    /** The next run stops after it has noted its keys. */
    Hold holdNextRun() {
        Hold next = new Hold();
        hold = next;
        return next;
    }

    @Override
    public Map<String, String> loadAll(Set<String> keys) throws Exception {
        runs.add(keys);
        threads.add(Thread.currentThread());
        Hold now = hold;
        if (now != null) {
            hold = null;
            now.arriveInterruptibly();
        }
        return values(keys);
    }

    Map<String, String> values(Iterable<String> keys) {
        Map<String, String> values = new LinkedHashMap<>();
        keys.forEach(key -> values.put(key, prefix + key));
        return values;
    }
}
