package io.stampede.benchmarks.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** The client threads of a node. Each read is timed, from the call to its return. */
final class Clients implements AutoCloseable {

    private final Contender contender;
    private final int threads;
    private final ExecutorService executor;
    private final List<Future<?>> running = new ArrayList<>();
    private Reads.Recorder recorder = new Reads.Recorder();
    private volatile boolean stopped;

    Clients(Contender contender, int threads) {
        this.contender = contender;
        this.threads = threads;
        this.executor = Executors.newFixedThreadPool(threads);
    }

    /** All clients read the product once, at this moment by the clock of the machine, which all nodes share. */
    void herd(long product, long atMillis) throws ExecutionException, InterruptedException {
        start(number -> {
            waitUntil(atMillis);
            read(product);
        });
        awaitAll();
    }

    /** From this moment on each client reads the next product that none has read yet, until there is none left. */
    void walk(ProductRange products, long atMillis) throws ExecutionException, InterruptedException {
        Queue<Long> unread = new ConcurrentLinkedQueue<>(products.shuffled());
        start(number -> {
            waitUntil(atMillis);
            for (Long product = unread.poll(); product != null; product = unread.poll()) {
                read(product);
            }
        });
        awaitAll();
    }

    /** All clients begin to read any of the products, each at a steady pace, one after the other and not in step. */
    void pace(ProductRange products, Duration every) {
        stopped = false;
        long start = System.nanoTime();
        start(number -> {
            long next = start + every.toNanos() * number / threads;
            while (!stopped) {
                long wait = next - System.nanoTime();
                if (wait > 0) {
                    LockSupport.parkNanos(wait);
                } else {
                    read(products.any());
                    // Whoever had to wait has missed some of its turns. It does not catch up on them.
                    next += every.toNanos() * (1 + Math.max(0, System.nanoTime() - next) / every.toNanos());
                }
            }
        });
    }

    void stop() throws ExecutionException, InterruptedException {
        stopped = true;
        awaitAll();
    }

    /** What has been recorded since the last time. Only while no client runs. */
    Reads takeReads() {
        Reads taken = recorder.reads();
        recorder = new Reads.Recorder();
        return taken;
    }

    private static void waitUntil(long atMillis) {
        while (System.currentTimeMillis() < atMillis) {
            LockSupport.parkUntil(atMillis);
        }
    }

    private void read(long product) throws Exception {
        // The age when it was asked for: a pause of this thread later on must not make a value look older.
        long asked = System.currentTimeMillis();
        long start = System.nanoTime();
        Product found = contender.read(product);
        recorder.record(System.nanoTime() - start, asked - found.loadedAtMillis());
        if (found.id() != product) {
            throw new IllegalStateException("Asked for product " + product + ", got " + found);
        }
    }

    private void start(Client client) {
        for (int i = 0; i < threads; i++) {
            int number = i;
            running.add(executor.submit(() -> {
                client.run(number);
                return null;
            }));
        }
    }

    private void awaitAll() throws ExecutionException, InterruptedException {
        for (Future<?> client : running) {
            client.get();
        }
        running.clear();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }

    private interface Client {
        void run(int number) throws Exception;
    }
}
