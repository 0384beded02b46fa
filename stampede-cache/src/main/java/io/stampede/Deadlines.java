package io.stampede;

import io.stampede.spi.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls that must not take for ever, almost all of which end long before. One timer watches over all of them, set for the
 * earliest: to set one for each call, and to take it back, would wake the timer's thread twice for nearly every read of L2.
 *
 * <p>Thread-safe.
 */
final class Deadlines {

    private final Environment environment;
    private final Set<Deadline> pending = ConcurrentHashMap.newKeySet();

    /** What the timer is set for; null while it is not. Changes under the lock of this. */
    private volatile @Nullable Deadline earliest;

    private Runnable timer = LocalTier.NOTHING;
    private volatile boolean closed;

    Deadlines(Environment environment) {
        this.environment = environment;
    }

    /** By when something has to be done, and what happens if it is not. */
    final class Deadline {

        private final long at;
        private final Runnable missed;

        private Deadline(long at, Runnable missed) {
            this.at = at;
            this.missed = missed;
        }

        /** It is done, or it does not matter any more. */
        void cancel() {
            pending.remove(this);
            if (closed) {
                stopIfIdle();
            }
        }
    }

    /** Unless it is cancelled before, what is to happen happens after so many nanoseconds, on the timer's thread. */
    Deadline in(long nanos, Runnable missed) {
        Deadline deadline = new Deadline(environment.nanoTime() + nanos, missed);
        pending.add(deadline);
        if (isBeforeAll(deadline)) {
            setFor(deadline, nanos);
        }
        return deadline;
    }

    private boolean isBeforeAll(Deadline deadline) {
        Deadline first = earliest;
        return first == null || deadline.at - first.at < 0;
    }

    private synchronized void setFor(Deadline deadline, long nanos) {
        if (isBeforeAll(deadline)) {
            earliest = deadline;
            timer.run();
            timer = environment.schedule(() -> due(deadline), nanos);
        }
    }

    /** How many calls have neither ended nor missed their time. */
    int pending() {
        return pending.size();
    }

    /** From now on the timer is set only as long as there is something to watch over. */
    void close() {
        closed = true;
        stopIfIdle();
    }

    private synchronized void stopIfIdle() {
        if (pending.isEmpty()) {
            timer.run();
            timer = LocalTier.NOTHING;
            earliest = null;
        }
    }

    private void due(Deadline setFor) {
        synchronized (this) {
            if (earliest == setFor) {
                earliest = null;
            }
        }
        // Whoever comes from here on sets the timer again if need be; whoever came before is among the pending.
        long now = environment.nanoTime();
        List<Deadline> passed = new ArrayList<>();
        @Nullable Deadline next = null;
        for (Deadline each : pending) {
            if (each.at - now <= 0) {
                passed.add(each);
            } else if (next == null || each.at - next.at < 0) {
                next = each;
            }
        }
        if (next != null) {
            setFor(next, next.at - now);
        }
        for (Deadline each : passed) {
            if (pending.remove(each)) {
                each.missed.run();
            }
        }
    }
}
