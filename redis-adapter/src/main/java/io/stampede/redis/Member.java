package io.stampede.redis;

import io.stampede.spi.InvalidationBus;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;

/** A zone as one cache on one node sees it. */
final class Member {

    final Zone zone;
    final RemoteTier tier;
    final InvalidationBus bus;
    final Marks marks;
    final Debts debts;

    /** Under its cache's lock; what others go by is the {@link View}. */
    Standing standing = Standing.AWAY;

    /** Whether it has been trusted and then was not. Under its cache's lock. */
    boolean wasLost;

    /** When it came to be trusted last, by the node's clock. */
    volatile long trustedAtNanos = System.nanoTime();

    Member(Zone zone, RemoteNamespace namespace, int maxDebts) {
        this.zone = zone;
        this.tier = zone.connection().tier(namespace);
        this.bus = zone.connection().bus(namespace);
        this.marks = zone.marks().apply(namespace);
        this.debts = new Debts(maxDebts);
    }

    String name() {
        return zone.name();
    }

    ZoneClock clock() {
        return zone.clock();
    }

    @Override
    public String toString() {
        return "zone '" + name() + "'";
    }
}
