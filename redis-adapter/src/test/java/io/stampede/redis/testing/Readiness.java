package io.stampede.redis.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Waits, with a deadline, for what a server process does in its own time. */
final class Readiness {

    private static final Duration POLL = Duration.ofMillis(5);
    private static final int SOCKET_TIMEOUT_MS = 1_000;

    private Readiness() {}

    /** Polls until the condition holds. Returns whether it did before the deadline. */
    static boolean await(Duration deadline, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > deadline.toNanos()) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Interrupted while waiting for Redis");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        return true;
    }

    /**
     * Whether a Redis at this address serves commands. An error such as {@code NOAUTH} counts: it is an answer, and what
     * a test with a password expects. {@code LOADING} does not.
     */
    static boolean answers(String host, int port) {
        String reply = firstLine(host, port, "PING", "+");
        return reply != null && !reply.startsWith("-LOADING");
    }

    /**
     * Like {@link #answers}, but only if it is this process that answers, as far as it tells. For a moment, a server that
     * found its port taken is still alive while the one that took it answers.
     */
    static boolean answers(String host, int port, long pid) {
        String line = firstLine(host, port, "INFO server", "process_id:");
        return line != null
                && !line.startsWith("-LOADING")
                && (line.startsWith("-") || line.equals("process_id:" + pid));
    }

    static boolean listens(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), SOCKET_TIMEOUT_MS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    /** The first line of the reply that starts as wanted, or with the "-" of an error; null if there is no reply. */
    private static @Nullable String firstLine(String host, int port, String command, String start) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(SOCKET_TIMEOUT_MS);
            socket.connect(new InetSocketAddress(host, port), SOCKET_TIMEOUT_MS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            BufferedReader reply =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String line = reply.readLine();
            while (line != null && !line.startsWith(start) && !line.startsWith("-")) {
                line = reply.readLine();
            }
            return line;
        } catch (IOException notYet) {
            return null;
        }
    }
}
