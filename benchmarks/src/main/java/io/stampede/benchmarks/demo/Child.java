package io.stampede.benchmarks.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A JVM that the demo has started, seen from the demo. */
final class Child {

    private static final Duration TIME_TO_END = Duration.ofSeconds(15);
    private static final String END = "(end)";

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintStream commands;
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();

    Child(String name, Class<?> main, Path directory, List<String> jvmArgs) throws IOException {
        this.name = name;
        this.log = directory.resolve(name.replace(' ', '-') + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmArgs);
        command.add("-Djava.io.tmpdir=" + directory);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread reader = new Thread(this::readReplies, name + " replies");
        reader.setDaemon(true);
        reader.start();
    }

    private void readReplies() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines.lines().forEach(replies::add);
        } catch (IOException | UncheckedIOException e) {
            replies.add(Commands.FAILED + " " + e);
        }
        replies.add(END);
    }

    void send(String command) {
        commands.println(command);
    }

    /** What the child answered to the last command. */
    String reply(Duration patience) throws InterruptedException {
        String reply = replies.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (reply == null) {
            throw new DemoException(name + " has not answered for " + patience.toSeconds() + " s", log);
        }
        if (reply.equals(END)) {
            throw new DemoException(name + " ended, exit code " + process.waitFor(), log);
        }
        if (!reply.startsWith(Commands.OK)) {
            throw new DemoException(name + ": " + reply, log);
        }
        return reply.substring(Commands.OK.length()).strip();
    }

    /** Tells the child to end. It does when it finds that nobody is there to give commands. */
    void end() {
        commands.close();
    }

    /** Waits for the end of the child and, if that takes too long, kills it. */
    void awaitEnd() {
        try {
            if (process.waitFor(TIME_TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
