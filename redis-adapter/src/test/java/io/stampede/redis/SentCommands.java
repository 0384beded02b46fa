package io.stampede.redis;

import io.stampede.redis.testing.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What clients send to a server, by its {@code MONITOR}: unlike its statistics, that tells it from what scripts do. */
final class SentCommands implements AutoCloseable {

    /** Scripts' commands have "lua" for an address. */
    private static final Pattern OF_A_CLIENT = Pattern.compile("\\+\\S+ \\[\\d+ (?!lua])\\S+] \"(\\w+)\".*");

    private final Socket socket;
    private final Map<String, Integer> counts = new TreeMap<>();

    SentCommands(RedisServer server) throws IOException {
        socket = new Socket(server.host(), server.port());
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        lines.readLine(); // OK
        Thread reader = new Thread(() -> read(lines), "monitor");
        reader.setDaemon(true);
        reader.start();
    }

    private void read(BufferedReader lines) {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                count(line);
            }
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized void count(@Nullable String line) {
        Matcher command = OF_A_CLIENT.matcher(line);
        if (command.matches()) {
            counts.merge(command.group(1), 1, Integer::sum);
        }
    }

    synchronized void forget() {
        counts.clear();
    }

    /** How often each command was sent. */
    synchronized Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    int total() {
        return counts().values().stream().mapToInt(Integer::intValue).sum();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
