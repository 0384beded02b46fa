package io.stampede.redis.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Redis as a local process that we start ourselves, and so may stop, continue and kill.
 *
 * <p>Its arguments become a configuration file, which the server may rewrite: so one that is killed and started again is
 * the replica, the sentinel or the member of a cluster it was before.
 */
final class EmbeddedRedis implements Instance {

    private static final String HOST = "127.0.0.1";
    /** Makes a sentinel of the server. It is no option, so it can't stand in the file. */
    private static final String SENTINEL = "--sentinel";

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int port;
    private final List<String> extraArgs;
    private final Path directory;
    private final Path configuration;
    private @Nullable Process process;

    EmbeddedRedis(int port, List<String> extraArgs) {
        this.port = port;
        this.extraArgs = extraArgs;
        try {
            this.directory = Files.createTempDirectory("stampede-redis-");
            this.configuration = directory.resolve("redis.conf");
            Files.writeString(configuration, configuration());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String host() {
        return HOST;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String version() {
        return RedisBinary.get().version();
    }

    @Override
    public String description() {
        return "local process, version " + version();
    }

    @Override
    public void start() {
        Path log = directory.resolve("redis.log");
        Process started = launch(log);
        process = started;
        boolean ready =
                Readiness.await(PATIENCE, () -> !started.isAlive() || Readiness.answers(HOST, port, started.pid()))
                        && started.isAlive();
        if (!ready) {
            kill();
            String output = read(log);
            if (output.contains("Address already in use")) {
                throw new PortTakenException("Port " + port + " was taken by somebody else");
            }
            throw new IllegalStateException("redis-server did not start on port " + port + ": " + output);
        }
    }

    private Process launch(Path log) {
        List<String> command = new ArrayList<>(List.of(RedisBinary.get().path().toString(), configuration.toString()));
        if (extraArgs.contains(SENTINEL)) {
            command.add(SENTINEL);
        }
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line for each argument that begins an option, its values behind it in quotes, as Redis itself does it. */
    private String configuration() {
        List<String> args = new ArrayList<>(List.of("--port", Integer.toString(port), "--bind", HOST));
        args.addAll(List.of("--save", "", "--appendonly", "no", "--dir", directory.toString()));
        if (RedisBinary.get().guardsDebugCommand()) {
            args.addAll(List.of("--enable-debug-command", "local"));
        }
        args.addAll(extraArgs);
        StringBuilder lines = new StringBuilder();
        for (String arg : args) {
            if (arg.startsWith("--") && !arg.equals(SENTINEL)) {
                lines.append('\n').append(arg, 2, arg.length());
            } else if (!arg.equals(SENTINEL)) {
                lines.append(" \"")
                        .append(arg.replace("\\", "\\\\").replace("\"", "\\\""))
                        .append('"');
            }
        }
        return lines.append('\n').toString();
    }

    @Override
    public void pause() {
        signal("STOP");
    }

    @Override
    public void resume() {
        signal("CONT");
    }

    /** Through the shell, since not every slim image has a {@code kill} of its own. */
    private void signal(String name) {
        Process target = process;
        if (target == null || !target.isAlive()) {
            throw new IllegalStateException("Redis on port " + port + " does not run");
        }
        try {
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + target.pid())
                    .redirectErrorStream(true)
                    .start();
            kill.getOutputStream().close();
            String output = new String(kill.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (exitCode(kill) != 0) {
                throw new IllegalStateException("kill -" + name + " failed: " + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitStopped(target, name.equals("STOP"));
    }

    /** A signal is delivered in its own time. Where the system tells, we return only when it has had its effect. */
    private static void awaitStopped(Process target, boolean stopped) {
        Path stat = Path.of("/proc", Long.toString(target.pid()), "stat");
        if (!Files.exists(stat)) {
            return;
        }
        boolean done = Readiness.await(PATIENCE, () -> {
            String line = read(stat);
            // "4711 (redis-server) T ..."; the name may hold anything, so the state is what follows its last bracket.
            return line.startsWith("T", line.lastIndexOf(')') + 2) == stopped;
        });
        if (!done) {
            throw new IllegalStateException("Process " + target.pid() + (stopped ? " runs on" : " stays stopped"));
        }
    }

    @Override
    public void kill() {
        Process target = process;
        if (target != null) {
            target.destroyForcibly();
            exitCode(target);
            process = null;
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int exitCode(Process process) {
        try {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("Process " + process.pid() + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for process " + process.pid(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
