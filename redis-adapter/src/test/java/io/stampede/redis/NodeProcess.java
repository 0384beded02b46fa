package io.stampede.redis;

import io.stampede.CacheListener;
import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.spi.RemoteConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A node in a process of its own, which can be killed or stopped. It obeys lines on stdin and answers on stdout. */
final class NodeProcess implements AutoCloseable {

    /** The name of its cache. */
    static final String CACHE = "nodes";

    private final Process process;
    private final BufferedReader answers;
    private final PrintWriter orders;

    NodeProcess(String uri, Duration leaseTtl) throws IOException {
        this(uri, leaseTtl, "");
    }

    /** A node on the connection of an application's Redisson. */
    static NodeProcess withRedisson(String uri, Duration leaseTtl) throws IOException {
        return new NodeProcess(uri, leaseTtl, "redisson");
    }

    private NodeProcess(String uri, Duration leaseTtl, String client) throws IOException {
        process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        NodeProcess.class.getName(),
                        uri,
                        Long.toString(leaseTtl.toMillis()),
                        client)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = process.inputReader(StandardCharsets.UTF_8);
        orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    }

    /** A cache like the ones in the processes. Tests that stop one, or fail Redis over, take their time. */
    static StampedeCache<String, String> cache(RemoteConnection tier, Duration leaseTtl) {
        return cache(tier, leaseTtl, new CacheListener() {});
    }

    static StampedeCache<String, String> cache(RemoteConnection tier, Duration leaseTtl, CacheListener listener) {
        return StampedeCache.<String, String>builder(CACHE)
                .ttl(Duration.ofMinutes(10))
                .leaseTtl(leaseTtl)
                .loaderDeadline(Duration.ofMinutes(2))
                .failoverWindow(Duration.ofMinutes(2))
                .remoteTimeout(Duration.ofSeconds(5))
                .listener(listener)
                .remote(tier, Codec.strings())
                .build();
    }

    void order(String line) {
        orders.println(line);
    }

    /** The next line; waits for it. */
    String answer() throws IOException {
        return answers.readLine();
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly();
    }

    /** kill -STOP or -CONT. */
    void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IllegalStateException("kill -" + name + " answered " + exit);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /**
     * {@code load KEY VALUE}: answers "loading" from inside the loader, which returns the value after {@code go}, then
     * "got ..."; {@code loadAll KEY,KEY...}: answers "loading" and how many, and then no more; {@code peek KEY}: answers
     * what {@code getIfPresent} returns; {@code put KEY VALUE} and {@code invalidate KEY}: answer the write's result.
     */
    public static void main(String[] args) throws IOException {
        CountDownLatch go = new CountDownLatch(1);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (RedissonClients redisson = RedissonClients.of(args[0]);
                RedisTier lettuce = RedisTier.connect(args[0]);
                StampedeCache<String, String> cache = cache(
                        args[2].isEmpty() ? lettuce : redisson.connect(), Duration.ofMillis(Long.parseLong(args[1])))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                List<String> words = List.of(line.split(" ", -1));
                switch (words.get(0)) {
                    case "load" ->
                        new Thread(() -> System.out.println("got "
                                        + cache.get(words.get(1), key -> {
                                            System.out.println("loading");
                                            go.await();
                                            return words.get(2);
                                        })))
                                .start();
                    case "loadAll" ->
                        new Thread(() -> cache.getAll(List.of(words.get(1).split(",", -1)), missing -> {
                                    System.out.println("loading " + missing.size());
                                    go.await();
                                    return Map.of();
                                }))
                                .start();
                    case "go" -> go.countDown();
                    case "put" -> System.out.println("put " + cache.put(words.get(1), words.get(2)));
                    case "invalidate" -> System.out.println("invalidated " + cache.invalidate(words.get(1)));
                    case "peek" -> System.out.println("peeked " + cache.getIfPresent(words.get(1)));
                    default -> throw new IllegalArgumentException(line);
                }
            }
        }
        System.exit(0);
    }
}
