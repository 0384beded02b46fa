package io.stampede.benchmarks.chaos;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.StaticCredentialsProvider;
import io.lettuce.core.api.sync.RedisCommands;
import io.stampede.redis.testing.RedisErrorException;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One Redis of the drill's own, with what is needed to make it sick. */
final class Server implements AutoCloseable {

    static final String NOBODYS_PORT = "1";

    /** How much older a snapshot is than what Redis has acknowledged. */
    static final Duration SAVED_BEFORE = Duration.ofSeconds(1);

    private static final String PASSWORD = "changed";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String FILL =
            "for i = 1, tonumber(ARGV[1]) do redis.call('SET', 'filler' .. i, string.rep('x', 500), 'PX', 600000) end";

    final RedisServer redis = RedisServer.startEmbedded();

    @Nullable
    Object command(String... words) {
        return redis.command(words);
    }

    void lockOut() {
        as("", redis -> {
            redis.configSet("requirepass", PASSWORD);
            redis.clientKill(KillArgs.Builder.typePubsub());
            redis.clientKill(KillArgs.Builder.typeNormal().skipme());
        });
    }

    void letIn() {
        as(PASSWORD, redis -> redis.configSet("requirepass", ""));
    }

    private void as(String password, Consumer<RedisCommands<String, String>> task) {
        RedisURI uri = RedisURI.create(redis.uri());
        if (!password.isEmpty()) {
            uri.setCredentialsProvider(new StaticCredentialsProvider(null, password.toCharArray()));
        }
        RedisClient client = RedisClient.create(uri);
        try (var connection = client.connect()) {
            task.accept(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    void failSnapshots() throws IOException, InterruptedException {
        Files.createDirectories(snapshot().resolve("in the way"));
        command("CONFIG", "SET", "save", "3600 1");
        command("BGSAVE");
        await(() -> String.valueOf(command("INFO", "persistence")).contains("rdb_last_bgsave_status:err"));
    }

    void allowSnapshots() throws IOException {
        command("CONFIG", "SET", "save", "");
        Path snapshot = snapshot();
        Files.delete(snapshot.resolve("in the way"));
        Files.delete(snapshot);
    }

    void deleteSaved() throws IOException {
        Files.deleteIfExists(snapshot());
    }

    private Path snapshot() {
        return Path.of(option("dir"), option("dbfilename"));
    }

    private String option(String name) {
        Object nameAndValue = command("CONFIG", "GET", name);
        return nameAndValue instanceof List<?> list ? String.valueOf(list.get(1)) : "";
    }

    /** With a millisecond for each key, and enough of them. */
    void beginReload(Duration length) throws InterruptedException {
        command("EVAL", FILL, "0", Long.toString(length.toMillis()));
        command("CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
        command("CONFIG", "SET", "key-load-delay", "1000");
        inBackground("DEBUG", "RELOAD");
        await(this::refuses);
    }

    void endReload() throws InterruptedException {
        command("CONFIG", "SET", "key-load-delay", "0");
        await(() -> !refuses());
        deleteQuietly();
    }

    private void deleteQuietly() {
        try {
            deleteSaved();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void runEndlessScript() {
        inBackground("EVAL", "while true do end", "0");
    }

    /** Whoever sends it gets no answer in time, or an error when it is ended: both are meant. */
    private void inBackground(String... words) {
        Thread thread = new Thread(
                () -> {
                    try {
                        command(words);
                    } catch (RedisErrorException | UncheckedIOException meant) {
                        System.out.println(String.join(" ", words) + " ended: " + meant.getMessage());
                    }
                },
                words[0]);
        thread.setDaemon(true);
        thread.start();
    }

    private boolean refuses() {
        try {
            command("GET", "any");
            return false;
        } catch (RedisErrorException | UncheckedIOException refused) {
            return true;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        Pauses.await(PATIENCE, condition);
    }

    @Override
    public void close() {
        redis.close();
    }
}
