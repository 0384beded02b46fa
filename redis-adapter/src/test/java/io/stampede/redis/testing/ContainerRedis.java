package io.stampede.redis.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Redis in a container. The only class that needs Testcontainers, which is absent from some class paths. */
final class ContainerRedis implements Instance {

    private static final int REDIS_PORT = 6379;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PULL_PATIENCE = Duration.ofMinutes(2);

    private final String image;
    private final int port;
    private final List<String> extraArgs;
    private @Nullable GenericContainer<?> container;
    private @Nullable String version;

    ContainerRedis(String image, int port, List<String> extraArgs) {
        this.image = image;
        this.port = port;
        this.extraArgs = extraArgs;
    }

    static boolean dockerAnswers() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /**
     * Has Docker pull the image unless it is there. Testcontainers would try for two minutes; this tries once.
     *
     * @return what went wrong, or null
     */
    static @Nullable String fetch(String image) {
        try {
            docker().inspectImageCmd(image).exec();
            return null;
        } catch (NotFoundException notHere) {
            return pull(image);
        }
    }

    private static @Nullable String pull(String image) {
        try {
            boolean done =
                    docker().pullImageCmd(image).start().awaitCompletion(PULL_PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return done ? null : "not there after " + PULL_PATIENCE.toSeconds() + " s";
        } catch (DockerException | DockerClientException e) {
            return String.valueOf(e.getMessage()).strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while pulling " + image, e);
        }
    }

    @Override
    public String host() {
        return DockerClientFactory.instance().dockerHostIpAddress();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String version() {
        return Objects.requireNonNull(version, "not started");
    }

    @Override
    public String description() {
        return "container of " + image + ", version " + version();
    }

    @Override
    public void start() {
        if (container == null) {
            GenericContainer<?> created = create();
            container = created;
            version = versionOf(created);
        } else {
            docker().startContainerCmd(id()).exec();
        }
        if (!Readiness.await(PATIENCE, () -> Readiness.answers(host(), port))) {
            throw new IllegalStateException("Redis in container " + id() + " does not answer on port " + port);
        }
    }

    private GenericContainer<?> create() {
        try {
            return created(true);
        } catch (ContainerLaunchException e) {
            String reason = messages(e);
            if (reason.contains("port is already allocated") || reason.contains("address already in use")) {
                throw new PortTakenException("Port " + port + " was taken by somebody else");
            }
            if (reason.contains("Bad directive")) {
                // Before 7.0 the DEBUG command is always allowed, and the option that allows it is not known.
                return created(false);
            }
            throw e;
        }
    }

    private GenericContainer<?> created(boolean enableDebugCommand) {
        StringBuilder output = new StringBuilder();
        GenericContainer<?> redis = new GenericContainer<>(DockerImageName.parse(image))
                .withCommand(command(enableDebugCommand))
                .withExposedPorts(REDIS_PORT)
                .withCreateContainerCmdModifier(this::bindPort)
                .withLogConsumer(frame -> output.append(frame.getUtf8String()))
                .waitingFor(Wait.forLogMessage(".*eady to accept connections.*\\s", 1));
        try {
            redis.start();
            return redis;
        } catch (ContainerLaunchException e) {
            redis.stop();
            throw new ContainerLaunchException(image + " did not start: " + messages(e) + " " + output, e);
        } catch (RuntimeException e) {
            redis.stop();
            throw e;
        }
    }

    private String[] command(boolean enableDebugCommand) {
        List<String> command = new ArrayList<>(List.of("redis-server", "--port", Integer.toString(REDIS_PORT)));
        command.addAll(List.of("--protected-mode", "no", "--save", "", "--appendonly", "no"));
        if (enableDebugCommand) {
            // Seen from inside the container, nobody who connects is local.
            command.addAll(List.of("--enable-debug-command", "yes"));
        }
        command.addAll(extraArgs);
        return command.toArray(String[]::new);
    }

    /** A port of Docker's own choice would change with every start; a server that comes back must keep its address. */
    private void bindPort(CreateContainerCmd create) {
        boolean local = host().equals("localhost") || host().equals("127.0.0.1");
        Ports.Binding binding = local ? Ports.Binding.bindIpAndPort("127.0.0.1", port) : Ports.Binding.bindPort(port);
        HostConfig hostConfig = Objects.requireNonNull(create.getHostConfig(), "no host config");
        hostConfig.withPortBindings(new PortBinding(binding, new ExposedPort(REDIS_PORT)));
    }

    private static String versionOf(GenericContainer<?> container) {
        try {
            return RedisBinary.parseVersion(
                    container.execInContainer("redis-server", "--version").getStdout());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while asking for the version", e);
        }
    }

    @Override
    public void pause() {
        if (!isPaused()) {
            docker().pauseContainerCmd(id()).exec();
        }
    }

    @Override
    public void resume() {
        if (isPaused()) {
            docker().unpauseContainerCmd(id()).exec();
        }
    }

    @Override
    public void kill() {
        if (container != null && isRunning()) {
            docker().killContainerCmd(id()).exec();
            if (!Readiness.await(PATIENCE, () -> !isRunning())) {
                throw new IllegalStateException("Container " + id() + " does not end");
            }
        }
    }

    @Override
    public void close() {
        if (container != null) {
            container.stop();
            container = null;
        }
    }

    private boolean isPaused() {
        return Boolean.TRUE.equals(
                docker().inspectContainerCmd(id()).exec().getState().getPaused());
    }

    private boolean isRunning() {
        return Boolean.TRUE.equals(
                docker().inspectContainerCmd(id()).exec().getState().getRunning());
    }

    private String id() {
        return Objects.requireNonNull(container, "not started").getContainerId();
    }

    private static DockerClient docker() {
        return DockerClientFactory.lazyClient();
    }

    private static String messages(Throwable e) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            all.append(cause.getMessage()).append("; ");
        }
        return all.toString();
    }
}
