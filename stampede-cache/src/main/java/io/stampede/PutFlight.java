package io.stampede;

import io.stampede.LocalTier.Slot;

/** A put that L2 has not answered yet: who asks on this node while it is under way gets its value. */
final class PutFlight<K, V> extends Flight<K, V> {

    /** True if another put was under way when this one began: then it isn't known which of them L2 carries out last. */
    final boolean overlaps;

    private final Flights<K, V> flights;
    private final Entry<V> entry;

    PutFlight(Flights<K, V> flights, K key, Entry<V> entry, boolean overlaps) {
        super(key, entry.era);
        this.flights = flights;
        this.entry = entry;
        this.overlaps = overlaps;
    }

    @Override
    boolean isJoinable(Era now) {
        return entry.isHit(now, flights.environment.nanoTime());
    }

    @Override
    boolean hasValue() {
        return true;
    }

    @Override
    Runnable join(Caller<K, V> caller) {
        Result<V> put = entry.as(Result.Source.L1, flights.environment.nanoTime());
        return () -> caller.answer(put);
    }

    @Override
    Runnable hear(Slot<K, V> slot, Write write) {
        return supersede(slot);
    }

    @Override
    Runnable supersede(Slot<K, V> slot) {
        slot.current = null;
        return LocalTier.NOTHING;
    }

    @Override
    Runnable supersedeByPut(Slot<K, V> slot, Result<V> put) {
        return supersede(slot);
    }
}
