package io.stampede.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a fault has done.
 *
 * @param length how long it and the control took
 * @param control the same time without the fault
 * @param during until the fault's end
 * @param after from the fault's end until all was normal
 * @param normalAfter how long that took; null if it never was
 */
record FaultRow(
        Fault fault,
        Duration length,
        FaultPhase control,
        FaultPhase during,
        FaultPhase after,
        @Nullable Duration normalAfter) {

    List<Exception> failures() {
        return Stream.of(control, during, after)
                .flatMap(phase -> phase.failures().stream())
                .toList();
    }

    private static double millis(long nanos) {
        return nanos / 1e6;
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "| %-43s | %4.1f s | %6d | %,7d | %,7d | %,5.0f ms | %,5.0f ms | %4.1f | %4.1f | %9s |",
                fault,
                length.toMillis() / 1e3,
                failures().size(),
                control.reads(),
                during.reads(),
                millis(control.waitNanos()),
                millis(Math.max(during.waitNanos(), after.waitNanos())),
                control.loadsPerKeyAndTtl(),
                during.loadsPerKeyAndTtl(),
                normalAfter == null ? "never" : String.format(Locale.ROOT, "%,d ms", normalAfter.toMillis()));
    }

    /** All rows as a table, to the console and to a file. */
    static void publish(List<FaultRow> rows) {
        String head = """
                %d nodes with %d readers each, %d keys with a ttl of %d ms; in pairs: the control without the fault, then with it.

                | fault                                       | for   | errors | reads   |         | longest wait beyond a load | | loads per key and ttl | | normal after |
                |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
                """.formatted(
                FaultyCluster.NODES, FaultyCluster.THREADS_PER_NODE, FaultyCluster.KEYS, FaultyCluster.TTL.toMillis());
        StringBuilder table = new StringBuilder(head);
        rows.forEach(row -> table.append(row).append('\n'));
        System.out.println(table);
        try {
            Files.writeString(Path.of("target", "fault-table.md"), table);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
