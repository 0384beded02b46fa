package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short run of jcstress on two of the tests in {@code src/jcstress}, to see that they run and can fail the build; the
 * whole is {@code ./mvnw -q -Pjcstress -pl stampede-cache}.
 *
 * <p>The fields of the core that are read without a lock, and why that is right. Those with a test are named with it;
 * whoever adds a field adds a line.
 *
 * <ul>
 *   <li>{@code Entry}: all fields are final, so an entry is there as a whole however it was found. {@code EntryStress}
 *   <li>{@code LocalTier.era}: volatile, written under the lock of the tier; never changed in place but replaced, after
 *       all that belongs to the new era is in place ({@code TagEra.doubtful}). {@code EraStress}
 *   <li>{@code Era.provenAt}: volatile; an older moment ends trust earlier, never later. {@code ProofStress}
 *   <li>{@code Proof.missing}: atomic; the one that takes it to zero proves. {@code ProofStress}
 *   <li>{@code TagEra.over}, {@code doubtful}: volatile; {@code over} is set once and never taken back. {@code EraStress}
 *   <li>{@code Tags.epoch}: volatile, counted up under the lock of the tags; read before a load and after it, and compared.
 *   <li>{@code Outbox.empty}: volatile, written under the lock of the outbox; false before a write that was queued returns,
 *       which is when a read may rely on it. {@code OutboxStress}
 *   <li>{@code ServerClock.range}: volatile, an immutable record: both ends are of one reply. {@code ServerClockStress}
 *   <li>{@code Lease.timer}, {@code stopped}: volatile; each side writes its own before it reads the other's, so one of them
 *       sees both. {@code LeaseStress}
 *   <li>{@code Lease.lastRenewal}: volatile; an older one ends the lease earlier.
 *   <li>{@code Heartbeat.next}, {@code stopped}: as with the lease. {@code beating}, {@code oneMore}, {@code begun}: a beat
 *       too many does no harm, and one that is missed is made up for by the one that is planned. {@code retryNanos},
 *       {@code recoveredAt}: of one beat at a time.
 *   <li>{@code Flights.closed}: volatile; set before the waits are ended, read after a wait was registered, in a concurrent
 *       set. {@code refreshesEarly}: a switch, seen sooner or later. {@code order}: atomic.
 *   <li>{@code Remote.troubled}: volatile; a read that sees it late waits for the breaker instead. {@code provenSessions}:
 *       atomic; an old number means that L2 is not asked yet.
 *   <li>{@code RemoteBreaker.closedAt}: volatile; an older one lets a late answer count that could have been left out.
 *   <li>{@code RemoteGate.isTimeKnown}: volatile, goes to true once. {@code closed}, {@code bypassed}, {@code onTrouble}:
 *       a call that does not see them yet is a call that came before. {@code isSent}: written by the call itself before it is
 *       sent.
 *   <li>{@code SourceBreaker.pauseEnd}, {@code probing}: volatile, written by whoever changes the breaker's state;
 *       {@code telling}: atomic.
 *   <li>{@code Loads.averageNanos}: volatile for the sake of its two halves; an average that misses a load is one.
 *   <li>{@code CallerThread.left}, {@code waits}, {@code tasks}: volatile, and a concurrent queue; each side writes its own
 *       before it reads the other's, so a task is run here or handed on, and nobody waits for a result that is there.
 *       {@code CallerThreadStress}
 *   <li>{@code Deadlines.earliest}: volatile, written under the lock; read after the call was added to {@code pending}, and
 *       emptied before they are looked through. {@code closed}: written before it is seen whether any are pending, read
 *       after one of them has gone.
 *   <li>{@code Sweep.underWay}, {@code endedAt}: volatile, written by one sweep at a time; an old value is a round too early
 *       or too late.
 *   <li>{@code Budget.nanosLeft}, {@code Events.failures}, {@code QuietLog.nextAt}, {@code suppressed}: atomic.
 *   <li>{@code SystemEnvironment.tokenLow}: atomic. {@code TokenStress}
 * </ul>
 *
 * <p>What x86 hides: it keeps stores in order among themselves, and loads, and so do the compilers' plans for code as
 * short as this. There {@code EntryStress}, {@code EraStress} and {@code ServerClockStress} can hardly fail; on ARM they can.
 * {@code LeaseStress} (a store before a load) and {@code OutboxStress} fail on x86, too, within a second, if what guards
 * them is taken away; they are the two that the default build runs.
 */
@Tag("long")
class UnlockedFieldsTest {

    @TempDir
    Path directory;

    @Test
    void nothingForbiddenIsSeenInAShortRun() throws Exception {
        Path output = directory.resolve("output");
        Process jcstress = start("(Lease|Outbox)Stress", output);
        try {
            assertThat(jcstress.waitFor(60, TimeUnit.SECONDS))
                    .as(() -> "ended in time, having said: " + read(output))
                    .isTrue();
        } finally {
            jcstress.descendants().forEach(ProcessHandle::destroyForcibly);
            jcstress.destroyForcibly();
        }
        assertThat(read(output))
                .contains("Failed tests: No matches", "Error tests: No matches", " 2 matching test results");
        assertThat(jcstress.exitValue()).isZero();
    }

    private Process start(String tests, Path output) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-t",
                tests,
                "-f",
                "1",
                "-iters",
                "1",
                "-time",
                "100",
                "-sc",
                "false",
                "-af",
                "NONE",
                "-jvmArgs",
                "-Xmx256m",
                "-r",
                directory.toString());
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
