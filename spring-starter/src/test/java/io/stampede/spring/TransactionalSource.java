package io.stampede.spring;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.SavepointManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/** A database of the smallest kind, and the manager of its transactions: others see what a transaction has committed. */
final class TransactionalSource extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1;

    private final transient Map<Object, String> committed = new ConcurrentHashMap<>();
    private final transient ThreadLocal<Deque<Map<Object, String>>> open = ThreadLocal.withInitial(ArrayDeque::new);
    private final AtomicInteger reads = new AtomicInteger();
    private volatile boolean losesAnswers;

    TransactionalSource() {
        setNestedTransactionAllowed(true);
    }

    String read(Object key) {
        reads.incrementAndGet();
        Map<Object, String> own = open.get().peek();
        String value = own == null ? null : own.get(key);
        return value != null ? value : committed.getOrDefault(key, "none");
    }

    int reads() {
        return reads.get();
    }

    void write(Object key, String value) {
        Map<Object, String> own = open.get().peek();
        (own == null ? committed : own).put(key, value);
    }

    /** From now on commits happen, and who asked for them gets an exception. */
    void loseAnswers() {
        losesAnswers = true;
    }

    TransactionTemplate transaction() {
        return transaction(TransactionDefinition.PROPAGATION_REQUIRED);
    }

    TransactionTemplate transaction(int propagation) {
        TransactionTemplate template = new TransactionTemplate(this);
        template.setPropagationBehavior(propagation);
        return template;
    }

    private final class Transaction implements SavepointManager {

        @Override
        public Object createSavepoint() {
            return new HashMap<>(open.get().element());
        }

        @Override
        @SuppressWarnings("unchecked") // made above
        public void rollbackToSavepoint(Object savepoint) {
            open.get().pop();
            open.get().push((Map<Object, String>) savepoint);
        }

        @Override
        public void releaseSavepoint(Object savepoint) {
            // There is nothing to let go.
        }
    }

    @Override
    protected Object doGetTransaction() {
        return new Transaction();
    }

    @Override
    protected boolean isExistingTransaction(Object transaction) {
        return !open.get().isEmpty();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        open.get().push(new HashMap<>());
    }

    @Override
    protected @Nullable Object doSuspend(Object transaction) {
        return null;
    }

    @Override
    protected void doResume(@Nullable Object transaction, Object suspended) {
        // The one below it is the current one again.
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
        committed.putAll(open.get().pop());
        if (losesAnswers) {
            throw new TransactionSystemException("the answer was lost");
        }
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
        open.get().pop();
    }

    @Override
    protected void doSetRollbackOnly(DefaultTransactionStatus status) {
        status.setRollbackOnly();
    }
}
