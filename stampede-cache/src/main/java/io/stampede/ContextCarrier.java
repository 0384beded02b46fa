package io.stampede;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.Executor;

/**
 * Takes the caller's context (logging, trace, tenant) along to a load that runs on another thread, where
 * {@code io.micrometer:context-propagation} is there to say what that context is.
 */
final class ContextCarrier {

    private static final boolean AVAILABLE = isAvailable();

    private ContextCarrier() {}

    private static boolean isAvailable() {
        try {
            Class.forName("io.micrometer.context.ContextSnapshotFactory", false, ContextCarrier.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false; // an optional dependency
        }
    }

    /** An executor whose tasks run in the context that this thread has now. */
    static Executor carrying(Executor executor) {
        return AVAILABLE ? Carrying.with(executor) : executor;
    }

    /** Apart, so that it is loaded only where the library is. */
    private static final class Carrying {

        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().build();

        private static Executor with(Executor executor) {
            ContextSnapshot snapshot = FACTORY.captureAll();
            return task -> executor.execute(snapshot.wrap(task));
        }
    }
}
