package io.stampede.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What the transaction of a thread has written to our caches, and when that is done: after its commit, each write in its
 * turn, even if one before it has failed; never, if it is rolled back. Where nobody can tell whether it has committed,
 * nothing is put and all that it wrote is evicted, which does no harm in either case.
 *
 * <p>Loaded only where Spring's transactions are. Not thread-safe, but a transaction may be completed on another thread.
 */
final class CurrentTransaction implements TransactionSynchronization {

    private static final Object RESOURCE = CurrentTransaction.class;

    private final Map<SpringCache, TransactionView> views = new LinkedHashMap<>();

    /** A transaction that was completed elsewhere may have left this bound to its thread. */
    private volatile boolean isOver;

    private CurrentTransaction() {}

    // ---- whose it is --------------------------------------------------------------------------------------------

    /** What this thread's transaction has written to a cache; null if there is none, or nothing. */
    static @Nullable TransactionView find(SpringCache cache) {
        CurrentTransaction current = isActive() ? bound() : null;
        return current == null ? null : current.views.get(cache);
    }

    /** What this thread's transaction is to write to a cache; null if there is no transaction. */
    static @Nullable TransactionView findOrBegin(SpringCache cache) {
        if (!isActive()) {
            return null;
        }
        CurrentTransaction current = bound();
        if (current == null) {
            current = begin();
        }
        return current.views.computeIfAbsent(cache, TransactionView::new);
    }

    private static boolean isActive() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                && TransactionSynchronizationManager.isSynchronizationActive();
    }

    private static @Nullable CurrentTransaction bound() {
        return TransactionSynchronizationManager.getResource(RESOURCE) instanceof CurrentTransaction current
                        && !current.isOver
                ? current
                : null;
    }

    private static CurrentTransaction begin() {
        TransactionSynchronizationManager.unbindResourceIfPossible(RESOURCE);
        CurrentTransaction begun = new CurrentTransaction();
        TransactionSynchronizationManager.bindResource(RESOURCE, begun);
        TransactionSynchronizationManager.registerSynchronization(begun);
        return begun;
    }

    @Override
    public void suspend() {
        unbind();
    }

    @Override
    public void resume() {
        if (!isOver) {
            TransactionSynchronizationManager.bindResource(RESOURCE, this);
        }
    }

    private void unbind() {
        if (TransactionSynchronizationManager.getResource(RESOURCE) == this) {
            TransactionSynchronizationManager.unbindResource(RESOURCE);
        }
    }

    // ---- how it ends --------------------------------------------------------------------------------------------

    @Override
    public void savepoint(Object savepoint) {
        views.values().forEach(view -> view.savepoint(savepoint));
    }

    @Override
    public void savepointRollback(Object savepoint) {
        views.values().forEach(view -> view.rollBackTo(savepoint));
    }

    @Override
    public void afterCommit() {
        apply(UnaryOperator.identity());
    }

    /** Does what {@link #afterCommit} could not: it is not told of a write by somebody else's. */
    @Override
    public void afterCompletion(int status) {
        isOver = true;
        unbind();
        if (status == STATUS_COMMITTED) {
            apply(UnaryOperator.identity());
        } else if (status == STATUS_UNKNOWN) {
            apply(Write::withoutValue);
        }
    }

    private void apply(UnaryOperator<Write> form) {
        isOver = true;
        Failures failures = new Failures();
        for (TransactionView view : views.values()) {
            for (Write write : view.writes()) {
                failures.guard(view.cache(), form.apply(write));
            }
        }
        views.clear();
        failures.throwAny();
    }

    /** What has gone wrong when nothing could be rolled back any more. */
    private static final class Failures {

        private @Nullable IllegalStateException first;

        void guard(SpringCache cache, Write write) {
            try {
                write.applyTo(cache.getNativeCache());
            } catch (RuntimeException | Error e) {
                add(cache, write, e);
                evictInstead(cache, write);
            }
        }

        /** What the cache holds is not true any more, whether or not it can take what is. */
        private void evictInstead(SpringCache cache, Write write) {
            Write eviction = write.withoutValue();
            if (!eviction.equals(write)) {
                guard(cache, eviction);
            }
        }

        private void add(SpringCache cache, Write write, Throwable cause) {
            IllegalStateException failure = new IllegalStateException(
                    "The transaction has ended, and the " + write + " in cache '" + cache.getName()
                            + "' that was to follow it failed: " + cause + ". The cache may serve what it held before "
                            + "until its ttl has passed; evict it again if that is too long",
                    cause);
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }

        void throwAny() {
            if (first != null) {
                throw first;
            }
        }
    }
}
