package io.stampede.benchmarks.process;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A child's end of the line to its parent: one line in, one line out, "ok" or "failed", each with what there is to say.
 *
 * <p>When standard input ends, whoever started this process is gone, killed perhaps. Then the process ends at once,
 * whatever it is doing.
 */
public final class Commands {

    static final String OK = "ok";
    static final String FAILED = "failed";

    /** Does one command, given as its words. The result goes back to the parent; an exception too. */
    public interface Handler {
        /** Does the command; what there is to say of it, on one line, is returned. */
        String handle(String... words) throws Exception;
    }

    private Commands() {}

    /** Answers commands for as long as there is somebody to give them. */
    public static void serve(Handler handler) throws InterruptedException {
        PrintStream replies = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        // Whatever a library prints goes to the log, not in between the replies.
        System.setOut(System.err);
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> readUntilEnd(commands), "commands");
        reader.setDaemon(true);
        reader.start();
        while (true) {
            replies.println(reply(handler, commands.take()));
        }
    }

    /** On a thread of its own, to see the end of the input in the middle of a command, too. */
    private static void readUntilEnd(BlockingQueue<String> commands) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                commands.add(line);
            }
        } catch (IOException e) {
            e.printStackTrace();
        }
        System.exit(0);
    }

    private static String reply(Handler handler, String line) {
        try {
            return OK + " " + handler.handle(line.split(" "));
        } catch (Exception e) {
            e.printStackTrace();
            return FAILED + " " + String.valueOf(e).replaceAll("\\s+", " ");
        }
    }
}
