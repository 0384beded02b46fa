package io.stampede.spi;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads for work of any length that may wait for other work: as many as it takes. */
final class Workers {

    /**
     * Loaders call drivers that wait inside {@code synchronized}. Before this JDK a virtual thread that does so keeps its
     * carrier with it, and as many of them as there are processors stop all others.
     */
    private static final int FIRST_THAT_DOES_NOT_PIN = 24;

    private Workers() {}

    static ExecutorService named(String prefix) {
        return Runtime.version().feature() >= FIRST_THAT_DOES_NOT_PIN
                ? virtual(prefix)
                : Executors.newCachedThreadPool(daemons(prefix));
    }

    static ThreadFactory daemons(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** {@code Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(prefix, 1).factory())}, by names that 17 lacks. */
    private static ExecutorService virtual(String prefix) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Class<?> builder = Class.forName("java.lang.Thread$Builder");
            Class<?> ofVirtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
            MethodHandle newBuilder = lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtual));
            MethodHandle name =
                    lookup.findVirtual(ofVirtual, "name", MethodType.methodType(ofVirtual, String.class, long.class));
            MethodHandle factory = lookup.findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
            MethodHandle newExecutor = lookup.findStatic(
                    Executors.class,
                    "newThreadPerTaskExecutor",
                    MethodType.methodType(ExecutorService.class, ThreadFactory.class));
            Object named = name.invoke(newBuilder.invoke(), prefix, 1L);
            return (ExecutorService) newExecutor.invoke((ThreadFactory) factory.invoke(named));
        } catch (Throwable e) {
            throw new IllegalStateException("A JDK of this version has virtual threads", e);
        }
    }
}
