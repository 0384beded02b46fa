package io.stampede.redis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Says whether Docker answers, quickly and without a word when it doesn't.
 *
 * <p>Testcontainers can tell, too, but takes seconds over it and logs each way it tried. So it is asked only when
 * somebody listens where a Docker engine would.
 */
final class Docker {

    private static final String DEFAULT_IMAGE = "redis:7.4-alpine";
    private static final int CONNECT_TIMEOUT_MS = 1_000;

    private Docker() {}

    /** Whether Docker answers and can run {@link #image()}. Asked once per JVM, since the answer may take a download. */
    static boolean isUsable() {
        return Answer.USABLE;
    }

    static String image() {
        String chosen = chosenImage();
        return chosen == null ? DEFAULT_IMAGE : chosen;
    }

    private static @Nullable String chosenImage() {
        String property = System.getProperty("stampede.test.redis.image");
        String chosen = property == null ? System.getenv("STAMPEDE_TEST_REDIS_IMAGE") : property;
        return chosen == null || chosen.isBlank() ? null : chosen;
    }

    private static boolean findOut() {
        if (!isOnClassPath() || !somebodyListens() || !ContainerRedis.dockerAnswers()) {
            return false;
        }
        if (chosenImage() != null) {
            // Somebody wants this one: rather fail than test against another.
            return true;
        }
        String failure = ContainerRedis.fetch(DEFAULT_IMAGE);
        if (failure != null) {
            System.out.println("Redis for tests: Docker answers, but has no " + DEFAULT_IMAGE + ": " + failure);
        }
        return failure == null;
    }

    private static boolean isOnClassPath() {
        try {
            Class.forName("org.testcontainers.DockerClientFactory", false, Docker.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException absent) {
            return false;
        }
    }

    private static boolean somebodyListens() {
        return Stream.concat(configuredHosts(), usualSockets()).anyMatch(Docker::listens);
    }

    private static Stream<String> configuredHosts() {
        return Stream.of(System.getenv("DOCKER_HOST"), hostFromTestcontainersProperties())
                .filter(host -> host != null && !host.isBlank());
    }

    private static @Nullable String hostFromTestcontainersProperties() {
        Path file = Path.of(System.getProperty("user.home"), ".testcontainers.properties");
        if (!Files.isReadable(file)) {
            return null;
        }
        Properties properties = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("docker.host");
    }

    private static Stream<String> usualSockets() {
        String home = System.getProperty("user.home");
        List<String> paths = new ArrayList<>(List.of(
                "/var/run/docker.sock", home + "/.docker/run/docker.sock", home + "/.docker/desktop/docker.sock"));
        String runtimeDirectory = System.getenv("XDG_RUNTIME_DIR");
        if (runtimeDirectory != null) {
            paths.add(runtimeDirectory + "/docker.sock");
        }
        return paths.stream().map(path -> "unix://" + path);
    }

    private static boolean listens(String host) {
        URI uri = URI.create(host);
        if ("unix".equals(uri.getScheme())) {
            return listensOnSocket(Path.of(uri.getPath()));
        }
        if (uri.getHost() != null && uri.getPort() > 0) {
            return listensOnPort(uri.getHost(), uri.getPort());
        }
        // A named pipe, say: no quick way to tell, so Testcontainers has to.
        return true;
    }

    private static boolean listensOnSocket(Path path) {
        if (!Files.exists(path)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            return false;
        }
    }

    private static boolean listensOnPort(String host, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MS);
            return true;
        } catch (IOException nobody) {
            return false;
        }
    }

    private static final class Answer {
        static final boolean USABLE = findOut();
    }
}
