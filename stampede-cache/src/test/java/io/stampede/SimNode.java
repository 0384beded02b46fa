package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node of a simulated cluster: the real core on a clock, timers and an executor that belong to the simulation. It
 * can be paused, as by a garbage collection, and it can crash.
 */
final class SimNode implements Environment {

    final int id;

    /** What runs on this node. */
    LoadingClusterCache<String, SimValue> cache;

    private final SimWorld world;

    /** The cache forgets a tag when the garbage collector does, and that is not for a seed to decide. */
    private TagEra heldEra;

    private long lastTrouble = -SimWorld.millis(10_000);
    private final long clockOffset;
    private final double clockRate;
    private long pausedUntil;
    private boolean crashed;
    private long tokens;
    private final List<Runnable> crashActions = new ArrayList<>();
    private final List<Runnable> endActions = new ArrayList<>();

    SimNode(int id, SimWorld world) {
        this.id = id;
        this.world = world;
        this.clockOffset = (world.random.nextLong() >> 8) & ~1_023L;
        this.clockRate = 1 + (world.random.nextDouble() - 0.5) / 2_500; // 200 ppm either way
    }

    /** Something happens on this node: when it is there to do it. */
    void happen(long time, Runnable action) {
        world.at(time, () -> {
            if (crashed) {
                return;
            }
            if (world.now() < pausedUntil) {
                happen(pausedUntil, action);
            } else {
                action.run();
            }
        });
    }

    void pause(long nanos) {
        pausedUntil = Math.max(pausedUntil, world.now() + nanos);
    }

    boolean isPaused() {
        return world.now() < pausedUntil;
    }

    void crash() {
        if (crashed) {
            return;
        }
        crashed = true;
        crashActions.forEach(Runnable::run);
    }

    void onCrash(Runnable action) {
        crashActions.add(action);
    }

    void onEnd(Runnable action) {
        endActions.add(action);
    }

    /** The simulation is over. */
    void end() {
        endActions.forEach(Runnable::run);
    }

    boolean isCrashed() {
        return crashed;
    }

    /** After each event: remembers what must not be forgotten. */
    void look() {
        // What waits to be told is not read from the store either, however well that is.
        if (cache.isTroubled() || !cache.flights().remote.outbox.isEmpty()) {
            lastTrouble = world.now();
        }
        TagEra era = cache.flights().tags.find(SimValue.TAG);
        if (era != null) {
            heldEra = era;
        }
    }

    long lastTrouble() {
        return lastTrouble;
    }

    /** What L1 holds, fresh or not, if it is of the current era. */
    @Nullable
    Entry<SimValue> held(String key) {
        LocalTier<String, SimValue> local = cache.flights().local;
        Entry<SimValue> entry = local.find(key);
        return entry == null || entry.isRefused() || entry.era != local.era() ? null : entry;
    }

    boolean holdsFresh(String key) {
        Entry<SimValue> entry = held(key);
        return entry != null && entry.isFresh(nanoTime());
    }

    @Override
    public long nanoTime() {
        return clockOffset + (long) (world.now() * clockRate);
    }

    @Override
    public RandomGenerator random() {
        return world.random;
    }

    @Override
    public void fillWithSecureRandom(byte[] bytes) {
        world.random.nextBytes(bytes);
    }

    @Override
    public Token newToken() {
        return new Token(id + 1, ++tokens);
    }

    @Override
    public Executor executor() {
        return task -> happen(world.now() + world.delay(20_000, 1_000_000), task);
    }

    @Override
    public Runnable schedule(Runnable task, long delayNanos) {
        boolean[] cancelled = new boolean[1];
        happen(world.now() + (long) (Math.max(0, delayNanos) / clockRate) + 1, () -> {
            if (!cancelled[0]) {
                task.run();
            }
        });
        return () -> cancelled[0] = true;
    }

    @Override
    public void close() {
        crash();
    }
}
