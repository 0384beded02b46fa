package io.stampede.benchmarks.chaos;

import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of the drill's own at a Redis that may be somebody else's. It harms no connection but those of the nodes. */
final class Administrator implements AutoCloseable {

    private static final Pattern ID_AND_NAME = Pattern.compile("(?m)^id=(\\d+) .*\\bname=(\\S+)");
    private static final Duration PATIENCE = Duration.ofSeconds(70);

    private final String nodesName;
    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;

    /** @param nodesName how the nodes' connections are called */
    Administrator(String uri, String nodesName) {
        this.nodesName = nodesName;
        RedisURI to = RedisURI.create(uri);
        to.setTimeout(PATIENCE);
        this.client = RedisClient.create(to);
        try {
            this.connection = client.connect();
        } catch (RuntimeException e) {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            throw e;
        }
    }

    void pauseAll(Duration length) {
        connection.sync().clientPause(length.toMillis());
    }

    void awaitAnswer() {
        connection.sync().ping();
    }

    void killNodes() {
        Matcher clients = ID_AND_NAME.matcher(connection.sync().clientList());
        while (clients.find()) {
            if (clients.group(2).equals(nodesName)) {
                connection.sync().clientKill(KillArgs.Builder.id(Long.parseLong(clients.group(1))));
            }
        }
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
