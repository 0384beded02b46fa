package io.stampede.benchmarks.process;

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

/** A JVM that its parent has started, seen from the parent. For one thread, but for {@link #kill}, {@link #end} and {@link #pid}. */
public final class Child {

    private static final Duration TIME_TO_END = Duration.ofSeconds(15);
    private static final String END = "(end)";

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintStream commands;
    private final BlockingQueue<String> replies = new LinkedBlockingQueue<>();

    /**
     * Starts it.
     *
     * @param name for messages, and for its log
     * @param main whose {@code main} it runs, on the class path of this process; it should {@link Commands#serve serve}
     * @param directory for its log and for whatever it writes
     * @param jvmArgs before the class
     * @throws IOException if it can't be started
     */
    public Child(String name, Class<?> main, Path directory, List<String> jvmArgs) throws IOException {
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

    /** Tells it what to do, without waiting. */
    public void send(String command) {
        commands.println(command);
    }

    /**
     * What the child answered to the oldest command that it has not answered yet.
     *
     * @throws ChildException if it says that it failed, has ended, or does not answer for so long
     */
    public String reply(Duration patience) throws InterruptedException {
        String reply = replies.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (reply == null) {
            throw new ChildException(name + " has not answered for " + patience.toSeconds() + " s", log);
        }
        if (reply.equals(END)) {
            throw new ChildException(name + " ended, exit code " + process.waitFor(), log);
        }
        if (!reply.startsWith(Commands.OK)) {
            throw new ChildException(name + ": " + reply, log);
        }
        return reply.substring(Commands.OK.length()).strip();
    }

    /** The number of its process. */
    public long pid() {
        return process.pid();
    }

    /** Ends it at once, without a word, also while it is stopped. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Tells the child to end. It does when it finds that nobody is there to give commands. */
    public void end() {
        commands.close();
    }

    /** Waits for the end of the child and, if that takes too long, kills it. */
    public void awaitEnd() {
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
