package io.stampede.redis;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Clients on threads of their own, each of which reads at a steady pace; one that is late does not make up for it. */
final class PacedClients {

    private PacedClients() {}

    /** One read of a client. */
    interface Read {
        void run(int client) throws Exception;
    }

    /** Lets the clients read for as long as there is a reason to, and tells how long their reads took. */
    static Latencies run(int clients, Duration pace, BooleanSupplier goOn, Read read) throws Exception {
        ConcurrentLinkedQueue<long[]> all = new ConcurrentLinkedQueue<>();
        Threads.run(clients, client -> {
            long[] nanos = new long[1 << 10];
            int reads = 0;
            long next = System.nanoTime() + pace.toNanos() * client / clients;
            while (goOn.getAsBoolean()) {
                parkUntil(next);
                long begun = System.nanoTime();
                read.run(client);
                long ended = System.nanoTime();
                if (reads == nanos.length) {
                    nanos = Arrays.copyOf(nanos, 2 * reads);
                }
                nanos[reads++] = ended - begun;
                next = Math.max(next + pace.toNanos(), ended);
            }
            all.add(Arrays.copyOf(nanos, reads));
        });
        return new Latencies(all.stream().flatMapToLong(Arrays::stream).sorted().toArray());
    }

    private static void parkUntil(long deadline) {
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** How long the reads took, in nanoseconds, the shortest first. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Latencies(long[] nanos) {

        int reads() {
            return nanos.length;
        }

        private double micros(double share) {
            return nanos[(int) Math.min(nanos.length - 1, (long) (share * nanos.length))] / 1_000.0;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%,d reads, p50 %.1f µs, p99 %.1f µs, max %.1f ms",
                    nanos.length,
                    micros(0.5),
                    micros(0.99),
                    micros(1) / 1_000);
        }
    }
}
