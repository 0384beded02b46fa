package io.stampede;

import io.stampede.spi.Environment;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The cache as its users hold it: a hit is answered here, everything else enters a flight or is a write. */
class ClusterCache<K, V> implements StampedeCache<K, V> {

    private final Flights<K, V> flights;
    private final LocalTier<K, V> local;
    private final Writes<K, V> writes;
    private final Environment environment;
    private final Runnable onClose;

    ClusterCache(Flights<K, V> flights, Runnable onClose) {
        this.flights = flights;
        this.local = flights.local;
        this.writes = new Writes<>(flights);
        this.environment = flights.environment;
        this.onClose = onClose;
    }

    @Override
    public @Nullable V get(K key, Loader<? super K, ? extends V> loader) {
        Entry<V> hit = hit(key);
        return hit != null ? hit.value : await(key, new SyncLoader<K, V>(loader));
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        Entry<V> hit = hit(key);
        if (hit != null) {
            return hit.value;
        }
        return flights.remote == null ? checkOpen(null) : await(key, null);
    }

    @Override
    public CompletableFuture<@Nullable V> getAsync(K key, AsyncLoader<? super K, ? extends V> loader) {
        Entry<V> hit = hit(key);
        return hit != null
                ? CompletableFuture.completedFuture(hit.value)
                : enter(key, Objects.requireNonNull(loader, "loader"), false);
    }

    /** L1, without a lock and without an object made. */
    @Nullable
    Entry<V> hit(K key) {
        Entry<V> entry = local.find(key);
        return entry != null && entry.era == local.era() && entry.isFresh(environment.nanoTime()) && !flights.isClosed()
                ? entry
                : null;
    }

    CompletableFuture<@Nullable V> enter(K key, @Nullable AsyncLoader<? super K, ? extends V> loader, boolean force) {
        Caller<K, V> caller = new Caller<>(
                key, remoteKey(key), loader, force, flights.nextOrder(), flights.executor(), newBudget(), null);
        flights.register(caller.result);
        flights.enter(caller);
        return caller.result;
    }

    private @Nullable Budget newBudget() {
        return flights.remote == null ? null : flights.remote.gate.newBudget();
    }

    private @Nullable V await(K key, @Nullable AsyncLoader<? super K, ? extends V> loader) {
        CallerThread thread = new CallerThread(flights.executor());
        Caller<K, V> caller =
                new Caller<>(key, remoteKey(key), loader, false, 0, thread, newBudget(), Thread.currentThread());
        flights.register(caller.result);
        try {
            flights.enter(caller);
            thread.serveUntilDone(caller.result);
            return Outcome.of(caller.result).valueOrThrow(flights.settings.subject(key));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadInterruptedException(
                    "Interrupted while waiting for " + flights.settings.subject(key) + "; the load itself goes on", e);
        } finally {
            // Gone in every case, so that the flight passes over this caller from now on.
            caller.result.cancel(false);
            thread.leave();
        }
    }

    @Override
    public WriteResult put(K key, V value) {
        Objects.requireNonNull(value, "value");
        return write(thread -> writes.put(key, remoteKey(key), value, thread));
    }

    @Override
    public WriteResult invalidate(K key) {
        return write(thread -> writes.invalidate(key, remoteKey(key), thread));
    }

    @Override
    public WriteResult expire(K key) {
        return write(thread -> writes.expire(key, remoteKey(key), thread));
    }

    @Override
    public WriteResult clear() {
        return write(thread -> clearAsync());
    }

    CompletableFuture<WriteResult> clearAsync() {
        if (flights.remote != null) {
            return flights.generations().clear();
        }
        flights.moveTo(environment.newToken());
        return CompletableFuture.completedFuture(WriteResult.EVERYWHERE);
    }

    /** The keys that something is going on with. */
    List<K> busyKeys() {
        return local.busyKeys();
    }

    boolean isTroubled() {
        return flights.remote != null && flights.remote.isTroubled();
    }

    Writes<K, V> writes() {
        return writes;
    }

    /** A write is bounded by {@code remoteTimeout}, so it is not cut short: half a write helps nobody. */
    private WriteResult write(Function<Executor, CompletableFuture<WriteResult>> write) {
        checkOpen(null);
        CallerThread thread = new CallerThread(flights.executor());
        CompletableFuture<WriteResult> result = write.apply(thread);
        if (!result.isDone()) {
            flights.register(result);
            thread.serveUninterruptibly(result);
        }
        thread.leave();
        return Objects.requireNonNull(Outcome.of(result).valueOrThrow("cache '" + flights.settings.name() + "'"));
    }

    private @Nullable V checkOpen(@Nullable V answer) {
        if (flights.isClosed()) {
            throw new CacheClosedException(flights.settings.name());
        }
        return answer;
    }

    /** The key's text for L2. A text that would be changed on its way, or read back as another key, is refused. */
    @Nullable
    String remoteKey(K key) {
        Objects.requireNonNull(key, "key");
        KeyCodec<K> codec = flights.settings.keyCodec();
        if (flights.remote == null || codec == null) {
            return null;
        }
        String text = codec.encode(key);
        try {
            StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "The text of " + flights.settings.subject(key) + " is not well-formed Unicode (an unpaired "
                            + "surrogate?); two such keys could collide in the remote tier",
                    e);
        }
        if (!key.equals(codec.decode(text))) {
            throw new IllegalArgumentException("The key codec reads " + flights.settings.subject(key)
                    + " back as a different key; then other nodes could not be told of its changes");
        }
        return text;
    }

    @Override
    public void close() {
        if (!flights.isClosed()) {
            flights.close();
            onClose.run();
        }
    }

    /** A blocking loader as the flight sees it. */
    record SyncLoader<K, V>(Loader<? super K, ? extends V> loader) implements AsyncLoader<K, V> {

        SyncLoader {
            Objects.requireNonNull(loader, "loader");
        }

        @Override
        public CompletableFuture<V> load(K key) throws Exception {
            return CompletableFuture.completedFuture(loader.load(key));
        }
    }
}
