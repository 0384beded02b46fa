package io.stampede.benchmarks.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A node's connections to the {@link Source}: as many as there are loads and writes at a time. Thread-safe. */
final class SourceClient implements AutoCloseable {

    private final int port;
    private final int node;
    private final Queue<Connection> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    SourceClient(int port, int node) {
        this.port = port;
        this.node = node;
    }

    private static final class Connection {

        private final Socket socket;
        private final BufferedReader in;
        private final PrintStream out;

        Connection(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            out = new PrintStream(socket.getOutputStream(), true, StandardCharsets.UTF_8);
        }
    }

    /** @throws SourceFailedException if the source has been told to fail */
    long load(String key) throws IOException {
        String answer = ask("load " + node + " " + key);
        if (answer.equals(Source.FAILED)) {
            throw new SourceFailedException(key);
        }
        return Long.parseLong(answer);
    }

    long write(String key) throws IOException {
        return Long.parseLong(ask("write " + key));
    }

    void returned(Returned write) throws IOException {
        ask("returned " + write.encoded());
    }

    /** Tells of each write that has returned on any node, on a thread of its own, until this is closed. */
    void hear(Consumer<Returned> news) throws IOException {
        Connection connection = new Connection(port);
        connection.out.println("news");
        Thread thread = new Thread(() -> hear(connection, news), "news of the source");
        thread.setDaemon(true);
        thread.start();
    }

    private void hear(Connection connection, Consumer<Returned> news) {
        try (BufferedReader in = connection.in) {
            for (String line = in.readLine(); line != null && !closed; line = in.readLine()) {
                news.accept(Returned.decode(line));
            }
        } catch (IOException e) {
            if (!closed) {
                throw new IllegalStateException("The source is gone", e);
            }
        }
    }

    private String ask(String line) throws IOException {
        Connection used = idle.poll();
        Connection connection = used == null ? new Connection(port) : used;
        connection.out.println(line);
        String answer = connection.in.readLine();
        if (answer == null) {
            throw new IOException("The source is gone");
        }
        idle.add(connection);
        return answer;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
            connection.socket.close();
        }
    }
}
