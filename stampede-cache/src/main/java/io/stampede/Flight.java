package io.stampede;

import io.stampede.spi.BusMessage;

/**
 * What goes on with one key on this node: a rebuild after a miss, or a put.
 *
 * <p>A flight is <em>attached</em> while it is its slot's current one. Only then may it write L1, and only then may
 * callers join. A newer write detaches it: it goes on for those who had joined before, and writes nothing.
 *
 * <p>Methods that take a slot run inside a step of {@link LocalTier#change} and return what is to be done after it. All
 * fields that change are guarded by that step.
 */
abstract sealed class Flight<K, V> permits MissFlight, PutFlight {

    final K key;
    final Era era;

    Flight(K key, Era era) {
        this.key = key;
        this.era = era;
    }

    /** Whether a caller may join. */
    abstract boolean isJoinable(Era now);

    /** Whether there is a value already, newer than what L1 has, for those who may join. */
    abstract boolean hasValue();

    /** Another caller wants the key. */
    abstract Runnable join(Caller<K, V> caller);

    /** A caller is served a stale value, counting on this flight to replace it. */
    Runnable rebuildFor(Caller<K, V> caller) {
        return LocalTier.NOTHING;
    }

    /** A write elsewhere, or one of our own as L2 has ordered it. */
    abstract Runnable hear(LocalTier.Slot<K, V> slot, Write write);

    /** The flight, or what it waits for, is out of date for another reason than a write of the key. */
    abstract Runnable supersede(LocalTier.Slot<K, V> slot);

    /** A put on this node takes the flight's place, and has a value for those who wait. */
    abstract Runnable supersedeByPut(LocalTier.Slot<K, V> slot, Result<V> put);

    /** Whether this is a refresh that began after the caller had asked for one: two must not push each other out. */
    boolean refreshesFor(Caller<K, V> caller) {
        return false;
    }

    /** A load of this key on another node, or an earlier one here, has ended without a value to fetch. */
    Runnable holderEnded(LocalTier.Slot<K, V> slot, BusMessage message) {
        return LocalTier.NOTHING;
    }

    /** An earlier load of this node has been published, perhaps the one that this flight waits for. */
    Runnable holderPublished(LocalTier.Slot<K, V> slot) {
        return LocalTier.NOTHING;
    }

    /** Messages may have been missed, or will be: a wait for one is not worth going on with. */
    Runnable askAgain(LocalTier.Slot<K, V> slot) {
        return LocalTier.NOTHING;
    }

    /** One of the loads of this key that ran here has ended, so that there may be room for the next. */
    Runnable loadEnded(LocalTier.Slot<K, V> slot) {
        return LocalTier.NOTHING;
    }

    final boolean isAttached(LocalTier.Slot<K, V> slot) {
        return slot.current == this;
    }

    static Runnable inOrder(Runnable first, Runnable second) {
        if (first == LocalTier.NOTHING) {
            return second;
        }
        return () -> {
            first.run();
            second.run();
        };
    }
}
