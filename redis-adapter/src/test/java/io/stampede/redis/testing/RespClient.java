package io.stampede.redis.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection that sends a command and waits for its answer, as the fixtures need it to rule their servers.
 *
 * <p>An answer is a String, a Long, a List of answers, or null. In a String each char is one byte, so that keys of any
 * bytes pass. For one thread.
 */
final class RespClient implements AutoCloseable {

    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    static final int TIMEOUT_MS = 5_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    /**
     * @param password of the default user, or null if it has none
     * @param timeoutMillis how long to wait for an answer
     * @throws UncheckedIOException if nobody is there, or no answer came in time; so for every method here
     */
    RespClient(String host, int port, @Nullable String password, int timeoutMillis) {
        try {
            socket.setSoTimeout(timeoutMillis);
            socket.connect(new InetSocketAddress(host, port), TIMEOUT_MS);
            in = new BufferedInputStream(socket.getInputStream());
            if (password != null) {
                call("AUTH", password);
            }
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** @throws RedisErrorException if the answer is an error */
    @Nullable
    Object call(String... words) {
        send(words);
        return receive();
    }

    /** The first half of {@link #call}, for commands whose answer has to wait. */
    void send(String... words) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes(("*" + words.length + "\r\n").getBytes(BYTES));
        for (String word : words) {
            request.writeBytes(("$" + word.length() + "\r\n" + word + "\r\n").getBytes(BYTES));
        }
        try {
            socket.getOutputStream().write(request.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The second half of {@link #call}. */
    @Nullable
    Object receive() {
        try {
            return reply();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private @Nullable Object reply() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case ':' -> Long.valueOf(rest);
            case '$' -> bulk(Integer.parseInt(rest));
            case '*' -> list(Integer.parseInt(rest));
            case '-' -> throw new RedisErrorException(rest);
            default -> throw new IOException("Not an answer: " + line);
        };
    }

    private @Nullable String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("closed in the middle of an answer");
        }
        line();
        return new String(bytes, BYTES);
    }

    private @Nullable List<@Nullable Object> list(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            elements.add(reply());
        }
        return elements;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed without an answer");
            }
            line.append((char) next);
        }
        line.setLength(line.length() - 1);
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
