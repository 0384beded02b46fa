package io.stampede.redis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisServerTest {

    private static final int SILENCE_MS = 200;

    private RedisServer chosen;
    private RedisServer embedded;

    @BeforeAll
    void start() {
        chosen = RedisServer.start();
        embedded = RedisServer.startEmbedded();
    }

    @AfterAll
    void stop() {
        chosen.close();
        embedded.close();
    }

    Stream<RedisServer> servers() {
        return Stream.of(chosen, embedded);
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void takesCommandsAndAllowsDebug(RedisServer redis) throws IOException {
        assertThat(redis.uri()).isEqualTo("redis://" + redis.host() + ":" + redis.port());
        assertThat(redis.version()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(ask(redis, "SET", "a", "1")).isEqualTo("+OK");
        assertThat(ask(redis, "DEBUG", "SLEEP", "0")).isEqualTo("+OK");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void pausedItAcceptsConnectionsAndIsSilent(RedisServer redis) throws IOException {
        redis.pause();
        try {
            assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(SocketTimeoutException.class);
        } finally {
            redis.resume();
        }
        assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void killedItRefusesAndComesBackEmptyOnTheSamePort(RedisServer redis) throws IOException {
        int port = redis.port();
        assertThat(ask(redis, "SET", "lost", "1")).isEqualTo("+OK");
        redis.kill();
        assertThatThrownBy(() -> ask(redis, "PING"))
                .isInstanceOfAny(ConnectException.class, SocketException.class, SocketTimeoutException.class);
        redis.kill();
        redis.restart();
        assertThat(redis.port()).isEqualTo(port);
        assertThat(ask(redis, "EXISTS", "lost")).isEqualTo(":0");
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("servers")
    void pausedItCanBeKilled(RedisServer redis) throws IOException {
        redis.pause();
        redis.restart();
        assertThat(ask(redis, "PING")).isEqualTo("+PONG");
    }

    @Test
    void furtherArgumentsArePassedOn() throws IOException {
        try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
            assertThat(ask(redis, "GET", "a")).startsWith("-NOAUTH");
        }
    }

    @Test
    void wrongArgumentsFailWithWhatTheServerSaid() {
        assertThatThrownBy(() -> RedisServer.startEmbedded("--no-such-option", "1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
    }

    @Test
    void closedTwiceAndWhilePaused() {
        RedisServer redis = RedisServer.startEmbedded();
        redis.pause();
        redis.close();
        redis.close();
        assertThatThrownBy(() -> ask(redis, "PING")).isInstanceOf(ConnectException.class);
    }

    /** The first line of the answer, or {@link SocketTimeoutException}. */
    private static String ask(RedisServer redis, String... command) throws IOException {
        StringBuilder request = new StringBuilder("*" + command.length + "\r\n");
        for (String word : List.of(command)) {
            request.append('$')
                    .append(word.length())
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        try (Socket socket = new Socket(redis.host(), redis.port())) {
            socket.setSoTimeout(SILENCE_MS);
            socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.US_ASCII));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                    .readLine();
            if (line == null) {
                throw new SocketException("closed without an answer");
            }
            return line;
        }
    }
}
