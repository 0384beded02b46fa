package io.stampede;

import io.stampede.Result.Source;
import io.stampede.spi.Environment;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The cache as its users hold it: a hit is answered here, everything else enters a flight or is a write. */
class ClusterCache<K, V> implements StampedeCache<K, V> {

    /** How many writes of one call are on their way to L2 at most. */
    private static final int WRITES_AT_A_TIME = 1_000;

    private final Flights<K, V> flights;
    private final Settings<K, V> settings;
    private final Freshness freshness;
    private final LocalTier<K, V> local;
    private final Writes<K, V> writes;
    private final Environment environment;
    private final @Nullable KeyCodec<K> keyCodec;
    private final Assembly<K, V> parts;

    ClusterCache(Assembly<K, V> parts) {
        this.parts = parts;
        this.flights = parts.flights();
        this.settings = flights.settings;
        this.freshness = settings.freshness();
        this.local = flights.local;
        this.writes = new Writes<>(flights);
        this.environment = flights.environment;
        this.keyCodec = parts.keyCodec();
    }

    // ---- reads ----------------------------------------------------------------------------------------------------

    @Override
    public @Nullable V get(K key, Loader<? super K, ? extends V> loader) {
        long now = environment.nanoTime();
        Entry<V> found = local.find(key);
        Entry<V> hit = hit(found, now);
        if (hit == null) {
            Entry<V> suspect = flights.suspect(key, found, now);
            return suspect != null
                    ? servedSuspect(suspect)
                    : await(key, AnyLoader.of(loader), CallOptions.none()).value();
        }
        if (hit.mayRefreshEarly(freshness, now)) {
            flights.refreshEarly(key, hit, () -> ghost(key, AnyLoader.of(loader), CallOptions.none()));
        }
        return served(hit);
    }

    @Override
    public @Nullable V get(K key, Loader<? super K, ? extends V> loader, CallOptions options) {
        return getResult(key, loader, options).value();
    }

    @Override
    public Result<V> getResult(K key, Loader<? super K, ? extends V> loader) {
        return getResult(key, loader, CallOptions.none());
    }

    @Override
    public Result<V> getResult(K key, Loader<? super K, ? extends V> loader, CallOptions options) {
        long now = environment.nanoTime();
        Entry<V> found = options.isSkipLocal() || options.isForceFresh() ? null : local.find(key);
        Entry<V> hit = hit(found, now);
        if (hit == null) {
            Entry<V> suspect = flights.suspect(key, found, now);
            return suspect != null
                    ? new Result<>(servedSuspect(suspect), Source.SUSPECT, null, suspect.age(now))
                    : await(key, AnyLoader.of(loader), options);
        }
        if (hit.mayRefreshEarly(freshness, now)) {
            flights.refreshEarly(key, hit, () -> ghost(key, AnyLoader.of(loader), options));
        }
        return servedResult(hit, now);
    }

    @Override
    public @Nullable V getIfPresent(K key) {
        Entry<V> hit = hit(key, environment.nanoTime());
        return hit != null ? served(hit) : await(key, null, CallOptions.none()).value();
    }

    @Override
    public Result<V> lookup(K key) {
        long now = environment.nanoTime();
        Entry<V> hit = hit(key, now);
        return hit != null ? servedResult(hit, now) : await(key, null, CallOptions.none());
    }

    @Override
    public CompletableFuture<Result<V>> lookupAsync(K key) {
        long now = environment.nanoTime();
        Entry<V> hit = hit(key, now);
        if (hit != null) {
            return CompletableFuture.completedFuture(servedResult(hit, now));
        }
        Caller<K, V> caller = detached(key, null, CallOptions.none());
        caller.count();
        return withOrigin(caller, enter(caller));
    }

    private static <K, V> CompletableFuture<Result<V>> withOrigin(
            Caller<K, V> caller, CompletableFuture<@Nullable V> value) {
        CompletableFuture<Result<V>> found = new CompletableFuture<>();
        value.whenComplete((itsOwn, failure) -> {
            if (failure == null) {
                found.complete(Objects.requireNonNull(caller.answered()).withValue(itsOwn));
            } else {
                found.completeExceptionally(failure);
            }
        });
        return found;
    }

    @Override
    public CompletableFuture<@Nullable V> getAsync(K key, AsyncLoader<? super K, ? extends V> loader) {
        return getAsync(key, loader, CallOptions.none());
    }

    @Override
    public CompletableFuture<@Nullable V> getAsync(
            K key, AsyncLoader<? super K, ? extends V> loader, CallOptions options) {
        long now = environment.nanoTime();
        Entry<V> hit = options.isSkipLocal() || options.isForceFresh() ? null : hit(key, now);
        if (hit == null) {
            Caller<K, V> caller = detached(key, AnyLoader.of(loader), options);
            caller.count();
            return enter(caller);
        }
        if (hit.mayRefreshEarly(freshness, now)) {
            flights.refreshEarly(key, hit, () -> ghost(key, AnyLoader.of(loader), options));
        }
        return CompletableFuture.completedFuture(served(hit));
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> keys, BulkLoader<K, ? extends V> loader) {
        Objects.requireNonNull(loader, "loader");
        Map<K, @Nullable V> values = new LinkedHashMap<>();
        Set<K> missing = new LinkedHashSet<>();
        for (K key : new LinkedHashSet<K>(keys)) {
            Entry<V> hit = hit(key, environment.nanoTime());
            values.put(key, hit == null ? null : served(hit));
            if (hit == null) {
                missing.add(key);
            }
        }
        if (!missing.isEmpty()) {
            values.putAll(await(missing, loader));
        }
        values.values().removeIf(Objects::isNull);
        return values;
    }

    /** L1, without a lock and without an object made. */
    private @Nullable Entry<V> hit(K key, long now) {
        return hit(local.find(key), now);
    }

    private @Nullable Entry<V> hit(@Nullable Entry<V> found, long now) {
        return found != null && found.isHit(local.era(), now) && !flights.isClosed() ? found : null;
    }

    /** What L1 would answer now. */
    @Nullable
    Entry<V> hit(K key) {
        return hit(key, environment.nanoTime());
    }

    private @Nullable V served(Entry<V> hit) {
        flights.events.hit();
        return settings.copy(hit.value);
    }

    private Result<V> servedResult(Entry<V> hit, long now) {
        return new Result<>(served(hit), Source.L1, null, hit.age(now));
    }

    private @Nullable V servedSuspect(Entry<V> suspect) {
        flights.events.tell(listener -> listener.onRead(Source.SUSPECT));
        return settings.copy(suspect.value);
    }

    private Caller<K, V> ghost(K key, AnyLoader<K, V> loader, CallOptions options) {
        return detached(key, loader, options).ghost();
    }

    /** A call that holds no thread; its loader runs on the executor, in the context of this thread. */
    Caller<K, V> detached(K key, @Nullable AnyLoader<K, V> loader, CallOptions options) {
        return new Caller<>(flights, key, remoteKey(key), loader, options, flights.carrier(), null, null, null);
    }

    CompletableFuture<@Nullable V> enter(Caller<K, V> caller) {
        flights.register(caller.result);
        flights.enter(caller);
        return caller.result;
    }

    private Result<V> await(K key, @Nullable AnyLoader<K, V> loader, CallOptions options) {
        CallerThread thread = new CallerThread(flights.carrier(), environment);
        Caller<K, V> caller =
                new Caller<>(flights, key, remoteKey(key), loader, options, thread, Thread.currentThread(), null, null);
        caller.count();
        flights.register(caller.result);
        try {
            flights.enter(caller);
            thread.serveUntilDone(caller.result);
            Outcome.of(caller.result).valueOrThrow(() -> settings.subject(key));
            Result<V> found = Objects.requireNonNull(caller.answered());
            return settings.copier() == null ? found : found.withValue(settings.copy(found.value()));
        } catch (InterruptedException e) {
            throw interrupted(settings.subject(key), e);
        } finally {
            // Gone in every case, so that the flight passes over this caller from now on.
            caller.result.cancel(false);
            thread.leave();
        }
    }

    private Map<K, @Nullable V> await(Set<K> keys, BulkLoader<K, ? extends V> loader) {
        CallerThread thread = new CallerThread(flights.carrier(), environment);
        boolean impatient = settings.timeouts().hasHard() || settings.timeouts().hasSoft();
        Batch<K, V> batch = new Batch<>(flights, loader, impatient ? thread.elsewhere() : thread);
        Map<K, Caller<K, V>> callers = callers(keys, batch, thread);
        CompletableFuture<?>[] results =
                callers.values().stream().map(caller -> caller.result).toArray(CompletableFuture[]::new);
        CompletableFuture<?> all = CompletableFuture.allOf(results);
        try {
            enter(batch, callers.values());
            thread.serveUntilDone(all);
            Map<K, @Nullable V> values = new LinkedHashMap<>();
            callers.forEach((key, caller) ->
                    values.put(key, Outcome.of(caller.result).valueOrThrow(() -> settings.subject(key))));
            return values;
        } catch (InterruptedException e) {
            throw interrupted(keys.size() + " keys of cache '" + settings.name() + "'", e);
        } finally {
            callers.values().forEach(caller -> caller.result.cancel(false));
            thread.leave();
        }
    }

    /** A caller for each key of a batch; what they have to do runs on the executor. */
    Map<K, Caller<K, V>> callers(Set<K> keys, Batch<K, V> batch, Executor executor) {
        Map<K, Caller<K, V>> callers = new LinkedHashMap<>();
        for (K key : keys) {
            callers.put(
                    key,
                    new Caller<>(
                            flights,
                            key,
                            remoteKey(key),
                            batch::load,
                            CallOptions.none(),
                            executor,
                            null,
                            batch,
                            null));
        }
        return callers;
    }

    void enter(Batch<K, V> batch, Collection<Caller<K, V>> callers) {
        callers.forEach(batch::expect);
        callers.forEach(caller -> {
            caller.count();
            flights.register(caller.result);
            flights.enter(caller);
        });
        batch.entered();
    }

    private static LoadInterruptedException interrupted(String subject, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LoadInterruptedException(
                "Interrupted while waiting for " + subject + "; the load itself goes on", cause);
    }

    // ---- writes ---------------------------------------------------------------------------------------------------

    @Override
    public WriteResult put(K key, @Nullable V value) {
        return put(key, value, CallOptions.none());
    }

    @Override
    public WriteResult put(K key, @Nullable V value, CallOptions options) {
        if (options.isSkipLocal() || options.isForceFresh() || options.maxStale() != null) {
            throw new IllegalArgumentException(
                    "put: of the call's options only ttl and tags concern a put; skipLocal, forceFresh and maxStale are "
                            + "for reads");
        }
        return write(thread -> writes.put(key, remoteKey(key), copied(value), options, thread));
    }

    @Override
    public WriteResult putAll(Map<? extends K, ? extends @Nullable V> values) {
        return writeAll(
                values.entrySet(),
                thread -> entry -> writes.put(
                        entry.getKey(),
                        remoteKey(entry.getKey()),
                        copied(entry.getValue()),
                        CallOptions.none(),
                        thread));
    }

    private @Nullable V copied(@Nullable V value) {
        return value == null
                ? null
                : Objects.requireNonNull(settings.copy(value), "The function given as copyValues returned null");
    }

    @Override
    public WriteResult invalidate(K key) {
        return write(thread -> writes.invalidate(key, remoteKey(key), thread));
    }

    @Override
    public WriteResult invalidateAll(Collection<? extends K> keys) {
        return writeAll(new LinkedHashSet<K>(keys), thread -> key -> writes.invalidate(key, remoteKey(key), thread));
    }

    @Override
    public WriteResult invalidateByTag(String tag) {
        String checked = Tags.checked(tag);
        return write(thread -> writes.invalidateTag(checked, thread));
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

    /** So many at a time, so that one call does not flood L2: the next are sent when those before have been answered. */
    private <T> WriteResult writeAll(
            Collection<T> all, Function<Executor, Function<T, CompletableFuture<WriteResult>>> write) {
        return onThisThread(thread -> {
            Function<T, CompletableFuture<WriteResult>> one = write.apply(thread);
            Iterator<T> rest = all.iterator();
            WriteResult result = WriteResult.EVERYWHERE;
            do {
                result = worse(result, await(thread, () -> sendNext(rest, one)));
            } while (rest.hasNext());
            return result;
        });
    }

    /** All of these are sent before any is waited for; if one can't be sent, those before it are waited for all the same. */
    private static <T> CompletableFuture<WriteResult> sendNext(
            Iterator<T> rest, Function<T, CompletableFuture<WriteResult>> one) {
        List<CompletableFuture<WriteResult>> results = new ArrayList<>();
        try {
            while (results.size() < WRITES_AT_A_TIME && rest.hasNext()) {
                results.add(one.apply(rest.next()));
            }
        } catch (RuntimeException | Error e) {
            CompletableFuture<WriteResult> refused = new CompletableFuture<>();
            CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                    .whenComplete((done, failure) -> refused.completeExceptionally(e));
            return refused;
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture[]::new))
                .thenApply(done -> results.stream()
                        .map(CompletableFuture::join)
                        .reduce(WriteResult.EVERYWHERE, ClusterCache::worse));
    }

    private static WriteResult worse(WriteResult a, WriteResult b) {
        return a == WriteResult.EVERYWHERE ? b : a;
    }

    private WriteResult write(Function<Executor, CompletableFuture<WriteResult>> write) {
        return onThisThread(thread -> await(thread, () -> write.apply(thread)));
    }

    /** Lends this thread to a write, and tells the listener of it once, however many keys it has. */
    private WriteResult onThisThread(Function<CallerThread, WriteResult> write) {
        CallerThread thread = new CallerThread(flights.executor(), environment);
        WriteResult written;
        try {
            written = write.apply(thread);
        } finally {
            thread.leave();
        }
        flights.events.tell(listener -> listener.onWrite(written));
        return written;
    }

    /** What is sent is bounded by {@code remoteTimeout}, so it is not cut short: half a write helps nobody. */
    private WriteResult await(CallerThread thread, Supplier<CompletableFuture<WriteResult>> send) {
        if (flights.isClosed()) {
            throw new CacheClosedException(settings.name());
        }
        CompletableFuture<WriteResult> result = send.get();
        if (!result.isDone()) {
            flights.register(result);
            thread.serveUninterruptibly(result);
        }
        return Objects.requireNonNull(Outcome.of(result).valueOrThrow(() -> "cache '" + settings.name() + "'"));
    }

    // ---- the rest -------------------------------------------------------------------------------------------------

    @Override
    public void setEarlyRefresh(boolean on) {
        flights.setRefreshesEarly(on);
    }

    @Override
    public void setRemoteBypassed(boolean bypassed) {
        parts.bypass().accept(bypassed);
    }

    @Override
    public Health health() {
        return parts.health().shallow();
    }

    @Override
    public Health deepHealth() {
        CallerThread thread = new CallerThread(flights.executor(), environment);
        try {
            CompletableFuture<Health> health = parts.health().deep();
            thread.serveUninterruptibly(health); // bounded, as every operation of L2 is
            return health.join();
        } finally {
            thread.leave();
        }
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

    Flights<K, V> flights() {
        return flights;
    }

    /** The key's text for L2. A text that would be changed on its way, or read back as another key, is refused. */
    @Nullable
    String remoteKey(K key) {
        Objects.requireNonNull(key, "key");
        if (flights.remote == null || keyCodec == null) {
            return null;
        }
        String text = keyCodec.encode(key);
        try {
            Utf8.check(text);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    "The text of " + settings.subject(key) + " is not well-formed Unicode (an unpaired "
                            + "surrogate?); two such keys could collide in the remote tier",
                    e);
        }
        if (!key.equals(keyCodec.decode(text))) {
            throw new IllegalArgumentException("The key codec reads " + settings.subject(key)
                    + " back as a different key; then other nodes could not be told of its changes");
        }
        return text;
    }

    @Override
    public void close() {
        if (!flights.isClosed()) {
            flights.close();
            parts.onClose().run();
        }
    }
}
