package io.stampede.redis.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a client hears that is cut off from the sentinels together with a primary: a sentinel whose view does not change
 * until it is told to. A real one can't be kept from the news for as long as a test needs without ending it.
 */
public final class CutOffSentinel implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final ServerSocket server;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private volatile List<String> view;

    /** Names this server as the primary. */
    public CutOffSentinel(RedisServer primary) {
        this.view = view(primary, 0);
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName(HOST));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    private static List<String> view(RedisServer primary, int epoch) {
        return List.of("ip", HOST, "port", Integer.toString(primary.port()), "config-epoch", Integer.toString(epoch));
    }

    public int port() {
        return server.getLocalPort();
    }

    /** The cut is mended: from now on it names another primary. */
    public void hearsOf(RedisServer primary) {
        view = view(primary, 1_000);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                clients.add(client);
                thread(() -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
            OutputStream out = client.getOutputStream();
            for (List<String> command = next(in); !command.isEmpty(); command = next(in)) {
                out.write(answer(command).getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException gone) {
            clients.remove(client);
        }
    }

    /** A command's words; none at the end. */
    private static List<String> next(BufferedReader in) throws IOException {
        List<String> words = new ArrayList<>();
        String count = in.readLine();
        for (int i = count == null ? 0 : Integer.parseInt(count.substring(1)); i > 0; i--) {
            in.readLine(); // its length
            words.add(in.readLine());
        }
        return words;
    }

    private String answer(List<String> command) {
        return switch (command.get(0).toUpperCase(java.util.Locale.ROOT)) {
            case "SENTINEL" -> {
                StringBuilder list = new StringBuilder("*" + view.size() + "\r\n");
                view.forEach(word -> list.append("$")
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n"));
                yield list.toString();
            }
            case "PING" -> "+PONG\r\n";
            case "CLIENT" -> "+OK\r\n";
            default -> "-ERR unknown command\r\n"; // HELLO too, upon which clients speak version 2
        };
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "cut-off-sentinel");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket client : clients) {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
