package io.stampede.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.stampede.CacheListener;
import io.stampede.Result.Source;
import io.stampede.Result.StaleReason;
import io.stampede.WriteResult;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Meters of one cache in a Micrometer registry: hand a listener of its own to each cache's builder.
 *
 * <pre>{@code
 * StampedeCache.<Long, Product>builder("products").listener(new MicrometerListener(registry))
 * }</pre>
 *
 * <p>Each meter has the tag {@code cache}, which is the cache's name, and those given to the constructor. The first part
 * of the table has the names that Micrometer's own cache meters have, so that dashboards made for those show this cache
 * too. Each read is one of {@code cache.gets} and one of {@code stampede.reads}: it is a hit if it was answered with what
 * was cached (sources {@code l1}, {@code l2}, {@code stale}, {@code suspect}), else a miss ({@code loaded},
 * {@code waited}, {@code fallback}, {@code absent}, {@code failed}). Loads in the background are no reads.
 *
 * <table>
 * <caption>The meters</caption>
 * <tr><th>Name</th><th>Kind</th><th>Further tags</th><th>Meaning</th></tr>
 * <tr><td>{@code cache.size}</td><td>gauge</td><td></td><td>entries in L1, about</td></tr>
 * <tr><td>{@code cache.gets}</td><td>counter</td><td>{@code result} = hit, miss</td><td>reads of a key</td></tr>
 * <tr><td>{@code cache.puts}</td><td>counter</td><td></td><td>values that loads have brought; what the application puts
 *     is among {@code stampede.writes}</td></tr>
 * <tr><td>{@code cache.evictions}</td><td>counter</td><td></td><td>entries that L1 dropped because it was full</td></tr>
 * <tr><td>{@code cache.load}</td><td>counter</td><td>{@code result} = success, failure</td><td>loads; "there is none" is
 *     a success, a load that ends after its deadline a failure</td></tr>
 * <tr><td>{@code cache.load.duration}</td><td>time gauge</td><td></td><td>the time that loads took, in total</td></tr>
 * <tr><td>{@code stampede.reads}</td><td>counter</td><td>{@code source} = l1, l2, loaded, waited, stale, suspect,
 *     fallback, absent, failed</td><td>reads of a key, by where the value came from</td></tr>
 * <tr><td>{@code stampede.read.wait}</td><td>timer</td><td>{@code source}, without failed</td><td>how long a caller
 *     waited that was no hit in L1 at once</td></tr>
 * <tr><td>{@code stampede.stale}</td><td>counter</td><td>{@code reason} = revalidating, load_failed, backing_off,
 *     timed_out, rejected</td><td>why stale values were served</td></tr>
 * <tr><td>{@code stampede.loads}</td><td>timer</td><td>{@code end} = value, absent, failed, overdue</td><td>loads; each
 *     key of a bulk load is one</td></tr>
 * <tr><td>{@code stampede.loads.running}</td><td>gauge</td><td></td><td>loads that run now, overdue ones too</td></tr>
 * <tr><td>{@code stampede.early.refreshes}</td><td>counter</td><td></td><td>rebuilds begun before the expiry</td></tr>
 * <tr><td>{@code stampede.rejected}</td><td>counter</td><td></td><td>loads refused because too many ran, or by the source's
 *     breaker</td></tr>
 * <tr><td>{@code stampede.backoffs}</td><td>counter</td><td></td><td>pauses of a key after its load failed</td></tr>
 * <tr><td>{@code stampede.source.breaker.open}</td><td>gauge</td><td></td><td>1 while the source is left alone, or tried
 *     by one load; else 0</td></tr>
 * <tr><td>{@code stampede.source.breaker.openings}</td><td>counter</td><td></td><td>pauses in which the source was left
 *     alone</td></tr>
 * <tr><td>{@code stampede.lease.waits}</td><td>timer</td><td></td><td>waits for another node's load</td></tr>
 * <tr><td>{@code stampede.publish.refused}</td><td>counter</td><td></td><td>loaded values that the remote tier refused,
 *     because a newer write came first or the lease was lost</td></tr>
 * <tr><td>{@code stampede.undecodable}</td><td>counter</td><td></td><td>entries of the remote tier that could not be
 *     read</td></tr>
 * <tr><td>{@code stampede.not.storable}</td><td>counter</td><td></td><td>values that could not be written to the remote
 *     tier</td></tr>
 * <tr><td>{@code stampede.remote}</td><td>timer</td><td>{@code operation}, {@code answered} = true, false</td><td>the
 *     remote tier's operations, each from its first use on</td></tr>
 * <tr><td>{@code stampede.writes}</td><td>counter</td><td>{@code result} = everywhere, queued</td><td>puts,
 *     invalidations, expiries and clears made on this node</td></tr>
 * </table>
 *
 * <p>Thread-safe. The cache does not close its listener; {@link #close()} removes the meters. If two caches of one name
 * share a registry, tell them apart by further tags, or close the one's listener before the other is built.
 */
public final class MicrometerListener implements CacheListener, AutoCloseable {

    private final MeterRegistry registry;
    private final Tags tags;
    private final AtomicReference<@Nullable Registered> registered = new AtomicReference<>();

    private final Reads reads = new Reads();
    private final Map<StaleReason, LongAdder> stale = perConstant(StaleReason.class, reason -> new LongAdder());
    private final Map<WriteResult, LongAdder> writes = perConstant(WriteResult.class, result -> new LongAdder());
    private final Map<LoadEnd, LongAdder> loads = perConstant(LoadEnd.class, end -> new LongAdder());
    private final LongAdder loadNanos = new LongAdder();
    private final LongAdder running = new LongAdder();
    private final LongAdder evictions = new LongAdder();
    private final LongAdder earlyRefreshes = new LongAdder();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder backoffs = new LongAdder();
    private final LongAdder breakerOpenings = new LongAdder();
    private final AtomicBoolean breakerOpen = new AtomicBoolean();
    private final LongAdder publishRefused = new LongAdder();
    private final LongAdder undecodable = new LongAdder();
    private final LongAdder notStorable = new LongAdder();

    /**
     * What is there once the cache's name is known.
     *
     * @param localSize kept here, because a gauge does not keep what it reads
     */
    private record Registered(
            String cache,
            LongSupplier localSize,
            Meters meters,
            Map<Source, Timer> waits,
            Map<LoadEnd, Timer> loads,
            Timer leaseWaits,
            RemoteTimers remote) {}

    /**
     * A listener for one cache.
     *
     * @param registry where the meters go
     */
    public MicrometerListener(MeterRegistry registry) {
        this(registry, Tags.empty());
    }

    /**
     * A listener for one cache.
     *
     * @param registry where the meters go
     * @param tags further tags of each meter; the same keys for all caches of a registry, as some registries demand
     */
    public MicrometerListener(MeterRegistry registry, Iterable<? extends Tag> tags) {
        this.registry = Objects.requireNonNull(registry, "registry");
        this.tags = Tags.of(tags);
    }

    private static <E extends Enum<E>, T> Map<E, T> perConstant(Class<E> type, Function<E, T> value) {
        Map<E, T> map = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            map.put(constant, value.apply(constant));
        }
        return map;
    }

    /** The value of a tag: a constant's name in lower case. */
    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Registers the meters.
     *
     * @throws IllegalStateException if this listener has a cache already
     */
    @Override
    public synchronized void onBuilt(String cache, LongSupplier localSize) {
        Registered before = registered.get();
        if (before != null) {
            throw new IllegalStateException("This MicrometerListener has the cache '" + before.cache()
                    + "' already; the cache '" + cache + "' needs one of its own, or their numbers would mix");
        }
        Meters meters = new Meters(registry, tags.and("cache", cache));
        registerUsual(meters, localSize);
        registerOurs(meters);
        registered.set(new Registered(
                cache,
                localSize,
                meters,
                perConstant(
                        Source.class,
                        source -> meters.timer(
                                "stampede.read.wait",
                                "How long callers waited that were no hit in L1",
                                "source",
                                tag(source))),
                perConstant(LoadEnd.class, end -> meters.timer("stampede.loads", "Loads, by end", "end", tag(end))),
                meters.timer("stampede.lease.waits", "Waits for another node's load"),
                new RemoteTimers(meters)));
    }

    /** Names and meanings as in Micrometer's {@code CacheMeterBinder} and its binder for Caffeine. */
    private void registerUsual(Meters meters, LongSupplier localSize) {
        meters.gauge("cache.size", "Entries in L1, about", localSize, LongSupplier::getAsLong);
        meters.counter("cache.gets", "Reads", reads, Reads::hits, "result", "hit");
        meters.counter("cache.gets", "Reads", reads, Reads::misses, "result", "miss");
        meters.counter("cache.puts", "Values that loads have brought", loads(LoadEnd.VALUE));
        meters.counter("cache.evictions", "Entries that L1 dropped because it was full", evictions);
        meters.counter(
                "cache.load", "Loads", this, each -> each.sum(LoadEnd.VALUE, LoadEnd.ABSENT), "result", "success");
        meters.counter(
                "cache.load", "Loads", this, each -> each.sum(LoadEnd.FAILED, LoadEnd.OVERDUE), "result", "failure");
        meters.nanos("cache.load.duration", "The time that loads took, in total", loadNanos);
    }

    private void registerOurs(Meters meters) {
        for (Source source : Source.values()) {
            meters.counter("stampede.reads", "Reads, by source", reads.of(source), "source", tag(source));
        }
        meters.counter("stampede.reads", "Reads, by source", reads.failed, "source", "failed");
        stale.forEach((reason, count) ->
                meters.counter("stampede.stale", "Stale values served", count, "reason", tag(reason)));
        writes.forEach((result, count) ->
                meters.counter("stampede.writes", "Writes made on this node", count, "result", tag(result)));
        meters.gauge("stampede.loads.running", "Loads that run now", running, LongAdder::sum);
        meters.counter("stampede.early.refreshes", "Rebuilds begun before the expiry", earlyRefreshes);
        meters.counter("stampede.rejected", "Loads refused because too many ran, or by the breaker", rejected);
        meters.counter("stampede.backoffs", "Pauses of a key after its load failed", backoffs);
        meters.gauge(
                "stampede.source.breaker.open",
                "1 while the source is left alone, or tried by one load",
                breakerOpen,
                open -> open.get() ? 1 : 0);
        meters.counter(
                "stampede.source.breaker.openings", "Pauses in which the source was left alone", breakerOpenings);
        meters.counter("stampede.publish.refused", "Loaded values that the remote tier refused", publishRefused);
        meters.counter("stampede.undecodable", "Entries of the remote tier that could not be read", undecodable);
        meters.counter("stampede.not.storable", "Values that could not be written to the remote tier", notStorable);
    }

    private LongAdder loads(LoadEnd end) {
        return Objects.requireNonNull(loads.get(end));
    }

    private double sum(LoadEnd one, LoadEnd other) {
        return loads(one).sum() + loads(other).sum();
    }

    private Registered registered() {
        Registered found = registered.get();
        if (found == null) {
            throw new IllegalStateException("No cache has been built with this MicrometerListener");
        }
        return found;
    }

    private static <E extends Enum<E>> void record(Map<E, Timer> timers, E which, long nanos) {
        Objects.requireNonNull(timers.get(which)).record(nanos, TimeUnit.NANOSECONDS);
    }

    private static <E extends Enum<E>> void increment(Map<E, LongAdder> counters, E which) {
        Objects.requireNonNull(counters.get(which)).increment();
    }

    @Override
    public void onRead(Source source) {
        reads.of(source).increment();
    }

    @Override
    public void onReadFailed(Throwable failure) {
        reads.failed.increment();
    }

    @Override
    public void onStale(StaleReason reason) {
        increment(stale, reason);
    }

    @Override
    public void onWait(Source source, long nanos) {
        record(registered().waits(), source, nanos);
    }

    @Override
    public void onLoadBegun() {
        running.increment();
    }

    @Override
    public void onLoad(LoadEnd end, long nanos) {
        running.decrement();
        increment(loads, end);
        loadNanos.add(nanos);
        record(registered().loads(), end, nanos);
    }

    @Override
    public void onEarlyRefresh() {
        earlyRefreshes.increment();
    }

    @Override
    public void onRejected() {
        rejected.increment();
    }

    @Override
    public void onBackoff(long nanos) {
        backoffs.increment();
    }

    @Override
    public void onSourceBreaker(boolean open) {
        breakerOpen.set(open);
        if (open) {
            breakerOpenings.increment();
        }
    }

    @Override
    public void onLeaseWait(long nanos) {
        registered().leaseWaits().record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void onPublishRefused() {
        publishRefused.increment();
    }

    @Override
    public void onUndecodable() {
        undecodable.increment();
    }

    @Override
    public void onNotStorable() {
        notStorable.increment();
    }

    @Override
    public void onRemote(String operation, long nanos, boolean answered) {
        registered().remote().record(operation, nanos, answered);
    }

    @Override
    public void onWrite(WriteResult result) {
        increment(writes, result);
    }

    @Override
    public void onEviction() {
        evictions.increment();
    }

    /** Removes the meters from the registry. Idempotent. */
    @Override
    public void close() {
        Registered found = registered.get();
        if (found != null) {
            found.meters().removeAll();
        }
    }
}
