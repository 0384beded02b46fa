package io.stampede.redis;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Another client's look at the server, and its power over it. */
final class RedisAdmin implements AutoCloseable {

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final RedisCommands<byte[], byte[]> redis;

    RedisAdmin(String uri) {
        this.client = RedisClient.create(uri);
        this.connection = client.connect(ByteArrayCodec.INSTANCE);
        this.redis = connection.sync();
    }

    RedisCommands<byte[], byte[]> redis() {
        return redis;
    }

    /** Ends every subscriber's connection, as a server that is short of memory does. */
    void killSubscribers() {
        redis.clientKill(KillArgs.Builder.typePubsub());
    }

    /** How often each command has been called since the last {@link #resetStatistics()}, inside of scripts too. */
    Map<String, Integer> calls() {
        return redis.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_"))
                .collect(Collectors.toMap(
                        line -> line.substring("cmdstat_".length(), line.indexOf(':')),
                        line -> Integer.valueOf(line.replaceFirst(".*:calls=(\\d+).*", "$1")),
                        Integer::sum,
                        TreeMap::new));
    }

    void resetStatistics() {
        redis.configResetstat();
    }

    /** Creates or changes a user, by rules as {@code ACL SETUSER} takes them. */
    void setUser(String name, String... rules) {
        CommandArgs<byte[], byte[]> args =
                new CommandArgs<>(ByteArrayCodec.INSTANCE).add("SETUSER").add(name);
        List.of(rules).forEach(args::add);
        redis.dispatch(CommandType.ACL, new StatusOutput<>(ByteArrayCodec.INSTANCE), args);
    }

    /** How many clients are connected beside this one. */
    long otherClients() {
        return redis.clientList().lines().filter(line -> !line.isBlank()).count() - 1;
    }

    /** Keeps the server busy until another client ends the script, and this one until then. */
    void runEndlessScript() {
        connection.async().eval("while true do end", ScriptOutputType.STATUS);
    }

    /** Lets the server save its data and load them again, which returns at once. */
    void beginReload() {
        connection.async().debugReload();
    }

    /** Every key with its TTL in milliseconds, negative if it has none. */
    Map<String, Long> ttls() {
        // Not keys(), whose return type differs between Lettuce 6 and 7.
        List<byte[]> keys = redis.eval("return redis.call('KEYS', '*')", ScriptOutputType.MULTI);
        return keys.stream()
                .collect(Collectors.toMap(
                        key -> new String(key, StandardCharsets.UTF_8),
                        redis::pttl,
                        (one, other) -> one,
                        TreeMap::new));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
