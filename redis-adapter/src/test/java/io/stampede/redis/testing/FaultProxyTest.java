package io.stampede.redis.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.stampede.redis.testing.FaultProxy.Direction;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultProxyTest {

    private static final RedisServer REDIS = RedisServer.startEmbedded();
    private static final int SILENCE_MS = 200;

    private final FaultProxy network = FaultProxy.to(REDIS);

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    @AfterEach
    void close() {
        network.close();
    }

    @Test
    void passesOnWhatIsSaid() throws IOException {
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            assertThat(client.ask("EVAL \"return string.rep('x', 1000000)\" 0")).isEqualTo("$1000000");
            assertThat(client.line()).hasSize(1_000_000);
            assertThat(client.ask("EVAL 'return {1,{2,{false}},redis.status_reply(\"end\")}' 0"))
                    .isEqualTo("*3");
            assertThat(List.of(client.line(), client.line(), client.line(), client.line(), client.line()))
                    .containsExactly(":1", "*2", ":2", "*1", "$-1");
            assertThat(client.line()).isEqualTo("+end");
            assertThat(client.ask("QUIT")).isEqualTo("+OK");
            assertThat(client.ends()).isTrue();
        }
    }

    @Test
    void passesOnVersionThree() throws IOException {
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("HELLO 3")).matches("%\\d+");
            client.skipTo("end", "PING end");
            for (String type :
                    List.of("double", "map", "set", "attrib", "push", "verbatim", "true", "null", "bignum")) {
                client.say("DEBUG PROTOCOL " + type);
                client.skipTo("after-" + type, "PING after-" + type);
            }
        }
    }

    @Test
    void refusesConnectionsClosesOpenOnesAndComesBackOnTheSamePort() throws IOException {
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.refuse();
            assertThat(client.ends()).isTrue();
        }
        assertThatThrownBy(() -> new Wire(network.port())).isInstanceOf(ConnectException.class);
        network.refuse();
        network.pass();
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void cutsWhatIsOpenAndLetsNewOnesIn() throws IOException {
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.cut();
            assertThat(client.ends()).isTrue();
        }
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aBlackHoleAcceptsAndAnswersNothing() throws IOException {
        network.swallow();
        try (Wire client = new Wire(network.port())) {
            client.say("INCR blackhole");
            assertThat(client.isSilent()).isTrue();
        }
        network.pass();
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("EXISTS blackhole")).isEqualTo(":0");
        }
    }

    @Test
    void halfOpenTheQuestionArrivesAndTheAnswerDoesNot() throws IOException {
        try (Wire client = new Wire(network.port());
                Wire direct = new Wire(REDIS.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.swallow(Direction.TO_CLIENT);
            client.say("SET half open");
            await().until(() -> direct.ask("EXISTS half").equals(":1"));
            assertThat(client.isSilent()).isTrue();
        }
    }

    @Test
    void halfOpenTheOtherWayMessagesArriveAndQuestionsDoNot() throws IOException {
        try (Wire client = new Wire(network.port());
                Wire direct = new Wire(REDIS.port())) {
            client.subscribe("half");
            network.swallow(Direction.TO_REDIS);
            client.say("PING");
            assertThat(client.isSilent()).isTrue();
            assertThat(direct.ask("PUBLISH half hello")).isEqualTo(":1");
            assertThat(client.message()).isEqualTo("hello");
        }
    }

    @Test
    void whatHasLostBytesStaysSilentAndWhatHasNotGoesOn() throws IOException {
        try (Wire loser = new Wire(network.port());
                Wire lucky = new Wire(network.port())) {
            assertThat(loser.ask("PING")).isEqualTo("+PONG");
            assertThat(lucky.ask("PING")).isEqualTo("+PONG");
            network.swallow();
            loser.say("PING");
            assertThat(loser.isSilent()).isTrue();
            network.pass();
            loser.say("PING");
            assertThat(loser.isSilent()).isTrue();
            assertThat(lucky.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void openConnectionsFallSilentAndNewOnesWork() throws IOException {
        try (Wire old = new Wire(network.port());
                Wire direct = new Wire(REDIS.port())) {
            String id = old.ask("CLIENT ID").substring(1);
            network.silenceOpen();
            old.say("PING");
            assertThat(old.isSilent()).isTrue();
            try (Wire client = new Wire(network.port())) {
                assertThat(client.ask("PING")).isEqualTo("+PONG");
            }
            assertThat(direct.ask("CLIENT KILL ID " + id)).isEqualTo(":1");
            assertThat(old.isSilent()).as("also when Redis has closed it").isTrue();
            await().until(() -> network.openConnections() == 1);
            network.cut();
            assertThat(old.ends()).isTrue();
        }
    }

    @Test
    void bytesAreLateInBothDirectionsAndInOrder() throws IOException {
        Duration each = Duration.ofMillis(50);
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.delay(each);
            long begun = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                client.say("ECHO " + i);
            }
            for (int i = 0; i < 100; i++) {
                client.line();
                assertThat(client.line()).isEqualTo(Integer.toString(i));
                assertThat(System.nanoTime() - begun).isGreaterThan(each.toNanos());
            }
            network.delay(each);
            begun = System.nanoTime();
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(2 * each.toNanos());
            network.pass();
            assertThat(client.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void garbageIsSaidOnceOrBeforeEachReply() throws IOException {
        try (Wire client = new Wire(network.port())) {
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.inject("?!\r\n".getBytes(US_ASCII));
            assertThat(client.line()).isEqualTo("?!");
            assertThat(client.ask("PING")).isEqualTo("+PONG");
            network.garble("!?\r\n".getBytes(US_ASCII));
            assertThat(client.ask("PING")).isEqualTo("!?");
            assertThat(client.line()).isEqualTo("+PONG");
            network.pass();
            assertThat(client.ask("PING")).isEqualTo("+PONG");
        }
    }

    @Test
    void aMessageIsDroppedAndNoReplyIs() throws IOException {
        try (Wire subscriber = new Wire(network.port());
                Wire client = new Wire(network.port())) {
            subscriber.subscribe("news");
            network.dropMessages(2, payload -> payload[0] == 'b');
            assertThat(client.ask("RPUSH list subscribe news b")).isEqualTo(":3");
            assertThat(client.ask("LRANGE list 0 -1")).isEqualTo("*3");
            for (String news : List.of("a1", "b1", "a2", "b2", "b3")) {
                client.skipTo(":1", "PUBLISH news " + news);
            }
            assertThat(List.of(subscriber.message(), subscriber.message(), subscriber.message()))
                    .containsExactly("a1", "a2", "b3");
            assertThat(network.droppedMessages()).isEqualTo(2);

            subscriber.say("PSUBSCRIBE ne*");
            subscriber.skipTo(":2", "PING");
            network.dropMessages(1);
            assertThat(client.ask("PUBLISH next one")).isEqualTo(":1");
            assertThat(client.ask("PUBLISH news two")).isEqualTo(":2");
            subscriber.skipTo("two", "PING");
            assertThat(network.droppedMessages()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(ProtocolVersion.class)
    void aClientOfEitherVersionMissesTheDroppedMessageOnly(ProtocolVersion version) throws IOException {
        List<String> heard = new CopyOnWriteArrayList<>();
        try (RedisClient client = RedisClient.create(network.uri());
                Wire direct = new Wire(REDIS.port())) {
            client.setOptions(ClientOptions.builder().protocolVersion(version).build());
            StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub();
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    heard.add(message);
                }
            });
            connection.sync().subscribe("numbers");
            network.dropMessages(1, payload -> new String(payload, US_ASCII).equals("7"));
            for (int i = 0; i < 20; i++) {
                assertThat(direct.ask("PUBLISH numbers " + i)).isEqualTo(":1");
            }
            await().until(() -> heard.contains("19"));
            assertThat(heard)
                    .containsExactlyElementsOf(IntStream.range(0, 20)
                            .filter(i -> i != 7)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void closesWhatItOpened() throws IOException {
        try (Wire client = new Wire(network.port());
                Wire direct = new Wire(REDIS.port())) {
            assertThat(client.ask("CLIENT SETNAME through-the-proxy")).isEqualTo("+OK");
            network.silenceOpen();
            network.close();
            network.close();
            assertThat(client.ends()).isTrue();
            await().until(() -> !direct.reply("CLIENT LIST").contains("through-the-proxy"));
            assertThatThrownBy(() -> new Wire(network.port())).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void aRedisThatIsNotThereClosesTheConnection() throws IOException {
        try (RedisServer gone = RedisServer.startEmbedded();
                FaultProxy toNobody = FaultProxy.to(gone)) {
            gone.kill();
            try (Wire client = new Wire(toNobody.port())) {
                assertThat(client.ends()).isTrue();
            }
            gone.restart();
            try (Wire client = new Wire(toNobody.port())) {
                assertThat(client.ask("PING")).isEqualTo("+PONG");
            }
        }
    }

    /** A client that sees the bytes as they are. */
    private static final class Wire implements AutoCloseable {

        private static final int PATIENCE_MS = 10_000;

        private final Socket socket;
        private final InputStream in;

        Wire(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MS);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void say(String command) throws IOException {
            socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
        }

        String line() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new IOException("The connection has ended");
                }
                line.write(next);
            }
            return line.toString(US_ASCII).stripTrailing();
        }

        /** The first line of the answer. */
        String ask(String command) throws IOException {
            say(command);
            return line();
        }

        /** The answer if it is a string. */
        String reply(String command) throws IOException {
            int length = Integer.parseInt(ask(command).substring(1));
            return new String(in.readNBytes(length + 2), US_ASCII);
        }

        void skipTo(String wanted, String command) throws IOException {
            say(command);
            String line;
            do {
                line = line();
            } while (!line.equals(wanted));
        }

        void subscribe(String channel) throws IOException {
            skipTo(":1", "SUBSCRIBE " + channel);
        }

        String message() throws IOException {
            assertThat(List.of(line(), line(), line(), line(), line())).startsWith("*3", "$7", "message");
            line();
            return line();
        }

        boolean isSilent() throws IOException {
            socket.setSoTimeout(SILENCE_MS);
            try {
                return in.read() < -1;
            } catch (SocketTimeoutException e) {
                return true;
            } finally {
                socket.setSoTimeout(PATIENCE_MS);
            }
        }

        /** Whether the connection is closed, and not merely silent. */
        boolean ends() throws IOException {
            try {
                return in.read() < 0;
            } catch (SocketException reset) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
