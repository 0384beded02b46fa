package io.stampede.spring;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/**
 * What the transaction of this thread, if there is one, makes of reads and writes. An application without Spring's
 * transactions has none.
 */
final class Transactions {

    private static final boolean ARE_THERE = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            Transactions.class.getClassLoader());

    private Transactions() {}

    /** The last write of this thread's transaction that may concern a key; null if there is none. */
    static @Nullable Write lastWrite(SpringCache cache, Object key) {
        TransactionView view = ARE_THERE ? CurrentTransaction.find(cache) : null;
        return view == null ? null : view.of(key);
    }

    /** Where this thread's transaction remembers its writes of a cache; null if they are to be done at once. */
    static @Nullable TransactionView writesOf(SpringCache cache) {
        return ARE_THERE ? CurrentTransaction.findOrBegin(cache) : null;
    }
}
