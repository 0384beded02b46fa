package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sentinels of a primary. All of them are asked, and the newest view counts: one that is cut off together with the old
 * primary goes on naming that one, and would be believed if the first to answer was.
 *
 * <p>Thread-safe.
 */
final class Sentinels {

    private static final System.Logger LOG = System.getLogger(Sentinels.class.getName());

    /** Who has not answered by then is not waited for. */
    private static final long PATIENCE_MILLIS = 1_000;

    private final RedisClient client;
    private final RedisURI uri;
    private final EventExecutor executor;
    private final Map<RedisURI, CompletableFuture<StatefulRedisSentinelConnection<String, String>>> connections =
            new ConcurrentHashMap<>();

    Sentinels(RedisClient client, RedisURI uri, EventExecutor executor) {
        this.client = client;
        this.uri = uri;
        this.executor = executor;
    }

    /** Where the primary is, as a sentinel sees it; a later one's epoch is higher. */
    record View(String host, int port, long epoch) {

        RedisURI uri(RedisURI sentinels) {
            return RedisURI.builder(sentinels).withHost(host).withPort(port).build(); // with its credentials and TLS
        }

        boolean isSameServer(View other) {
            return host.equals(other.host) && port == other.port;
        }
    }

    /** The newest view; fails if no sentinel has one. */
    CompletionStage<View> primary() {
        List<CompletableFuture<@Nullable View>> views =
                uri.getSentinels().stream().map(this::ask).toList();
        return CompletableFuture.allOf(views.toArray(CompletableFuture[]::new))
                .thenApply(answered -> views.stream()
                        .map(CompletableFuture::join)
                        .filter(Objects::nonNull)
                        .max((one, other) -> Long.compare(one.epoch, other.epoch))
                        .orElseThrow(() -> new IllegalStateException("no sentinel of " + uri.getSentinelMasterId()
                                + " names its primary; asked were " + uri.getSentinels())));
    }

    /** What one sentinel says, null if it doesn't; never fails. */
    private CompletableFuture<@Nullable View> ask(RedisURI sentinel) {
        CompletableFuture<@Nullable View> view = new CompletableFuture<>();
        CompletableFuture<StatefulRedisSentinelConnection<String, String>> via = connection(sentinel);
        Runnable giveUp = () -> {
            if (view.complete(null)) {
                drop(sentinel, via);
            }
        };
        var limit = executor.schedule(giveUp, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        via.thenCompose(connection -> connection.async().master(uri.getSentinelMasterId()))
                .whenComplete((master, failure) -> {
                    limit.cancel(false);
                    if (failure != null) {
                        LOG.log(DEBUG, () -> "Sentinel " + sentinel + " does not answer", failure);
                        giveUp.run();
                    } else {
                        view.complete(view(master));
                    }
                });
        return view;
    }

    private static @Nullable View view(Map<String, String> master) {
        String host = master.get("ip");
        String port = master.get("port");
        String epoch = master.get("config-epoch");
        return host == null || port == null || epoch == null
                ? null
                : new View(host, Integer.parseInt(port), Long.parseLong(epoch));
    }

    /** One for all who ask, until it fails. */
    private CompletableFuture<StatefulRedisSentinelConnection<String, String>> connection(RedisURI sentinel) {
        return connections.compute(
                sentinel,
                (same, known) -> known == null || isLost(known)
                        ? client.connectSentinelAsync(StringCodec.UTF8, sentinel)
                                .toCompletableFuture()
                        : known);
    }

    private static boolean isLost(CompletableFuture<StatefulRedisSentinelConnection<String, String>> known) {
        return known.isCompletedExceptionally()
                || (known.isDone() && !known.join().isOpen());
    }

    private void drop(RedisURI sentinel, CompletableFuture<StatefulRedisSentinelConnection<String, String>> silent) {
        if (connections.remove(sentinel, silent)) {
            silent.thenAccept(StatefulRedisSentinelConnection::closeAsync);
        }
    }

    CompletionStage<Void> close() {
        connections.forEach(this::drop);
        return CompletableFuture.completedFuture(null);
    }
}
