package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.contender.Contender;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The threads of a node that read through its cache, and the one that writes. Each read is timed from when it was due to
 * its end, and what it got is judged by what it could have got.
 */
final class Readers implements AutoCloseable {

    /** For reads that are still under way when their schedule has ended. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** For what everybody reads once, with no schedule that ends. */
    private static final Duration PATIENCE_FOR_ALL = Duration.ofSeconds(14);

    private final Contender contender;
    private final Products products;
    private final Ledger ledger;
    private final Duration ttl;
    private final int callers;
    private final Metronome metronome = new Metronome(nanosLate -> recorder().tick(nanosLate));
    private final List<Thread> running = new ArrayList<>();
    private volatile Seen.Recorder recorder = new Seen.Recorder();

    /** Threads that have taken too long, and are to end: those of a later task go on. */
    private final Set<Thread> givenUp = ConcurrentHashMap.newKeySet();

    private interface Task {
        void run(int caller) throws InterruptedException;
    }

    Readers(Contender contender, Products products, Ledger ledger, Duration ttl, int callers) {
        this.contender = contender;
        this.products = products;
        this.ledger = ledger;
        this.ttl = ttl;
        this.callers = callers;
    }

    /** All read the product once, at this moment. */
    void herd(long product, long atMillis) throws InterruptedException {
        Schedule once = new Schedule(atMillis, Duration.ofMillis(1), Duration.ofNanos(1));
        start(caller -> once.run(0, callers, (due, dueMillis) -> read(product, due, dueMillis)));
        await(PATIENCE_FOR_ALL);
    }

    /** From this moment on each reads the next product that none has read yet, until there is none left. */
    void walk(List<Long> all, long atMillis) throws InterruptedException {
        List<Long> shuffled = new ArrayList<>(all);
        Collections.shuffle(shuffled, ThreadLocalRandom.current());
        Queue<Long> unread = new ConcurrentLinkedQueue<>(shuffled);
        Schedule once = new Schedule(atMillis, Duration.ofMillis(1), Duration.ofNanos(1));
        start(caller -> once.run(0, callers, (due, dueMillis) -> {
            for (Long product = unread.poll(); product != null; product = unread.poll()) {
                read(product, System.nanoTime(), System.currentTimeMillis());
            }
        }));
        await(PATIENCE_FOR_ALL);
    }

    /** Each begins to read any of the first so many products by the schedule. */
    void pace(int count, Schedule schedule) {
        start(caller -> schedule.run(
                caller,
                callers,
                (due, dueMillis) -> read(ThreadLocalRandom.current().nextInt(count), due, dueMillis)));
    }

    /** One thread begins to write any of the products, which must be nobody else's. */
    void write(List<Long> own, Schedule schedule) {
        startThread(
                "writer",
                () -> schedule.run(
                        0,
                        1,
                        (due, dueMillis) ->
                                write(own.get(ThreadLocalRandom.current().nextInt(own.size())))));
    }

    /** Until every read and write has ended. What has not been made after a while never is, and counts as an error. */
    void await() throws InterruptedException {
        await(PATIENCE);
    }

    private void await(Duration patience) throws InterruptedException {
        join(patience);
        if (running.stream().anyMatch(Thread::isAlive)) {
            givenUp.addAll(running);
            running.forEach(Thread::interrupt);
            join(PATIENCE);
        }
        running.clear();
    }

    /** Until all have ended, or for so long. */
    private void join(Duration patience) throws InterruptedException {
        long patienceEnds = System.nanoTime() + patience.toNanos();
        for (Thread thread : running) {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(patienceEnds - System.nanoTime())));
        }
    }

    private void read(long product, long due, long dueMillis) {
        if (givenUp.contains(Thread.currentThread())) {
            recorder.failed(dueMillis, System.nanoTime() - due, "not made: the reads before it took too long");
            return;
        }
        long newest = ledger.newest(product);
        long asked = System.currentTimeMillis();
        try {
            Product found = Product.decode(contender.get(Long.toString(product)));
            long nanos = System.nanoTime() - due;
            if (found.id() != product) {
                throw new IllegalStateException("Asked for product " + product + ", got " + found);
            }
            long beyondTtl = asked - found.loadedAtMillis() - ttl.toMillis();
            long outdated = ledger.outdatedMillis(product, found.version(), newest, asked);
            recorder.read(dueMillis, nanos, Math.max(beyondTtl, outdated));
        } catch (Exception e) {
            recorder.failed(dueMillis, System.nanoTime() - due, kind(e));
        }
    }

    private void write(long product) throws InterruptedException {
        try {
            long version = products.write(product);
            contender.invalidate(Long.toString(product));
            ledger.written(product, version, System.currentTimeMillis());
        } catch (SQLException | RuntimeException e) {
            recorder.error("write: " + kind(e));
        }
    }

    /** The class of what was at the bottom of it: messages differ from one to the next. */
    private static String kind(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }

    private Seen.Recorder recorder() {
        return recorder;
    }

    /** What has been seen since the last time. Only while nobody reads. */
    Seen take() {
        Seen.Recorder taken = recorder;
        recorder = new Seen.Recorder();
        return taken.seen(products.takeLoads());
    }

    private void start(Task task) {
        for (int i = 0; i < callers; i++) {
            int caller = i;
            startThread("caller " + caller, () -> task.run(caller));
        }
    }

    private interface Interruptible {
        void run() throws InterruptedException;
    }

    private void startThread(String name, Interruptible task) {
        Thread thread = new Thread(
                () -> {
                    try {
                        task.run();
                    } catch (InterruptedException e) {
                        recorder.error("interrupted");
                    }
                },
                name);
        thread.setDaemon(true);
        running.add(thread);
        thread.start();
    }

    static List<Long> range(int count) {
        return LongStream.range(0, count).boxed().collect(Collectors.toList());
    }

    @Override
    public void close() {
        metronome.close();
    }
}
