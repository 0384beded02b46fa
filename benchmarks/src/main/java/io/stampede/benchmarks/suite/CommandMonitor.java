package io.stampede.benchmarks.suite;

import io.stampede.redis.testing.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts what clients send to a server and what scripts do there, by its {@code MONITOR}: in its statistics the two are
 * one. Thread-safe.
 */
final class CommandMonitor implements AutoCloseable {

    /** A script's commands have "lua" for an address. */
    private static final String MARK = "ECHO";

    private static final Pattern COMMAND = Pattern.compile("\\+\\S+ \\[\\d+ (\\S+)] \"(\\w+)\".*");

    /** After an answer, a caller's cache may have something left to tell Redis. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private final RedisServer server;
    private final Socket socket;
    private long marks;
    private long marksSeen;
    private long sent;
    private long inScripts;

    CommandMonitor(RedisServer server) throws IOException {
        this.server = server;
        socket = new Socket(server.host(), server.port());
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        lines.readLine(); // OK
        Thread reader = new Thread(() -> read(lines), "monitor");
        reader.setDaemon(true);
        reader.start();
    }

    /** What came since it began, or since the last call, once nothing more comes. */
    synchronized Commands takeWhenQuiet() throws InterruptedException {
        long before;
        do {
            before = sent;
            wait(QUIET.toMillis());
            awaitEarlier();
        } while (sent > before);
        Commands taken = new Commands(sent, inScripts);
        sent = 0;
        inScripts = 0;
        return taken;
    }

    /** What Redis has been sent up to now has been counted: MONITOR reports in order. */
    private void awaitEarlier() throws InterruptedException {
        marks++;
        server.command(MARK, "mark");
        while (marksSeen < marks) {
            wait();
        }
    }

    /** How many commands clients sent, and how many scripts ran. */
    record Commands(double sent, double inScripts) {}

    private void read(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                count(line);
            }
        } catch (SocketException e) {
            // Closed, by close() or by the server's end.
        } catch (IOException e) {
            throw new IllegalStateException("What Redis is sent can't be read", e);
        }
    }

    private synchronized void count(String line) {
        Matcher command = COMMAND.matcher(line);
        if (command.matches()) {
            if (MARK.equals(command.group(2))) {
                marksSeen++;
                notifyAll();
            } else if ("lua".equals(command.group(1))) {
                inScripts++;
            } else {
                sent++;
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
