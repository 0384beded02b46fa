package io.stampede;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * L1 and the flights of this node, and the one atomic step that both share: whatever changes a key changes inside
 * {@link #change}. Reading L1 takes no lock.
 *
 * <p>Inside a step there is no user code, no I/O and no waiting; a step returns what is to be done after it.
 */
final class LocalTier<K, V> {

    static final Runnable NOTHING = () -> {};

    private final Environment environment;
    private final long trustNanos;
    private final Cache<K, Entry<V>> entries;
    private final ConcurrentHashMap<K, Slot<K, V>> slots = new ConcurrentHashMap<>();
    private volatile Era era;

    /** Who walks through L1 for what is dead, now and then. */
    private final Sweep<K, V> sweep;

    /**
     * An empty L1.
     *
     * @param trustNanos how long an era lasts without a proof that no message was missed
     */
    LocalTier(Environment environment, Events events, long maximumSize, long trustNanos) {
        this.environment = environment;
        this.trustNanos = trustNanos;
        this.era = new Era(environment.newToken(), trustNanos, environment.nanoTime());
        this.entries = Caffeine.newBuilder()
                .maximumSize(maximumSize)
                .evictionListener((@Nullable K key, @Nullable Entry<V> entry, RemovalCause cause) -> {
                    if (cause == RemovalCause.SIZE) {
                        events.tell(CacheListener::onEviction);
                    }
                })
                // Its upkeep is short; handing it to a pool would be what a hit pays for most.
                .executor(Runnable::run)
                .build();
        this.sweep = new Sweep<>(entries.asMap());
    }

    /** What happens with one key on this node. Guarded by {@link LocalTier#change}. */
    static final class Slot<K, V> {

        /** The flight that may write L1, if there is one. */
        @Nullable
        Flight<K, V> current;

        /** How many loads of the key are running here, the current one and superseded ones. */
        int running;

        private boolean isIdle() {
            return current == null && running == 0;
        }
    }

    @Nullable
    Entry<V> find(K key) {
        return entries.getIfPresent(key);
    }

    Era era() {
        return era;
    }

    /**
     * The atomic step. It sees the key's slot and L1 as nobody else is changing them; what it returns runs after it.
     */
    void change(K key, Function<Slot<K, V>, Runnable> step) {
        sweep.some(environment.nanoTime());
        var after = new Object() {
            Runnable run = NOTHING;
        };
        slots.compute(key, (sameKey, found) -> {
            Slot<K, V> slot = found == null ? new Slot<>() : found;
            after.run = step.apply(slot);
            return slot.isIdle() ? null : slot;
        });
        after.run.run();
    }

    /** Writes L1; only inside a step. */
    void write(K key, Entry<V> entry) {
        entries.put(key, entry);
    }

    long estimatedSize() {
        return entries.estimatedSize();
    }

    /** Whether something is going on with a key; just a look, without a lock. */
    boolean isBusy(K key) {
        return slots.containsKey(key);
    }

    /** Empties L1 of a key, unless it holds this very version; only inside a step. */
    void evictUnless(K key, Token version) {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry != null && !entry.version().equals(version)) {
            entries.invalidate(key);
        }
    }

    /** Makes what L1 holds of a key stale; only inside a step. */
    void makeStale(K key) {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry != null) {
            entries.put(key, entry.staleFrom(environment.nanoTime()));
        }
    }

    /** Begins an era in which every entry from before is suspect. */
    synchronized void suspectAll() {
        era = new Era(era.generation, trustNanos, environment.nanoTime());
    }

    /** Begins an era in which every entry from before is refused; does nothing if this is the current generation. */
    synchronized boolean moveTo(Token generation) {
        if (era.generation.equals(generation)) {
            return false;
        }
        era = new Era(generation, trustNanos, environment.nanoTime());
        entries.invalidateAll(); // memory only: readers refuse another generation whether or not it is still there
        return true;
    }

    /** The keys that something is going on with. */
    List<K> busyKeys() {
        return List.copyOf(slots.keySet());
    }
}
