package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.stampede.redis.Sentinels.View;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A primary that sentinels name. Each connection is opened to the one that they name at that moment. As long as it lives,
 * they are asked every second whether it is still that one: an old primary that goes on answering its clients would
 * otherwise keep them for as long as it does.
 */
final class SentinelServers implements Servers {

    private static final System.Logger LOG = System.getLogger(SentinelServers.class.getName());
    private static final long LOOK_MILLIS = 1_000;

    private final RedisClient client;
    private final RedisURI uri;
    private final Sentinels sentinels;
    private final Map<StatefulConnection<?, ?>, Led> led = new ConcurrentHashMap<>();
    private final Future<?> watch;
    private final OneServer.Data data;
    private final OneServer.Subscribing bus;

    SentinelServers(RedisClient client, RedisURI uri) {
        this.client = client;
        this.uri = uri;
        EventExecutor executor = client.getResources().eventExecutorGroup().next();
        this.sentinels = new Sentinels(client, uri, executor);
        this.data = new OneServer.Data() {
            @Override
            public CompletionStage<StatefulRedisConnection<byte[], byte[]>> open() {
                return sentinels
                        .primary()
                        .thenCompose(view -> client.connectAsync(ByteArrayCodec.INSTANCE, view.uri(uri))
                                .thenApply(opened -> leadsTo(view, opened)));
            }

            @Override
            public void whenLost(StatefulRedisConnection<byte[], byte[]> connection, Runnable lost) {
                follow(connection, lost);
            }
        };
        this.bus = new OneServer.Subscribing() {
            @Override
            public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> open() {
                return sentinels
                        .primary()
                        .thenCompose(view -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE, view.uri(uri))
                                .thenApply(opened -> leadsTo(view, opened)));
            }

            @Override
            public void whenLost(StatefulRedisPubSubConnection<byte[], byte[]> connection, Runnable lost) {
                follow(connection, lost);
            }
        };
        this.watch = executor.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Where a connection leads, and whom to tell when that is no longer where it should. */
    private record Led(View view, Runnable lost) {}

    private <C extends StatefulConnection<byte[], byte[]>> C leadsTo(View view, C opened) {
        led.put(opened, new Led(view, () -> {}));
        return opened;
    }

    private void follow(StatefulConnection<byte[], byte[]> connection, Runnable lost) {
        led.computeIfPresent(connection, (same, before) -> new Led(before.view, lost));
        Wire.listen(connection, () -> {
            led.remove(connection);
            lost.run();
        });
    }

    private void look() {
        led.keySet().removeIf(connection -> !connection.isOpen());
        if (led.isEmpty()) {
            return;
        }
        sentinels.primary().whenComplete((view, failure) -> {
            if (failure != null) {
                LOG.log(DEBUG, () -> "The sentinels of " + address() + " can't be asked; going on as before", failure);
                return;
            }
            led.values().stream()
                    .filter(each -> each.view.epoch() <= view.epoch() && !each.view.isSameServer(view))
                    .forEach(each -> each.lost.run());
        });
    }

    @Override
    public String address() {
        return uri.toString(); // masks the password
    }

    @Override
    public OneServer.Data data() {
        return data;
    }

    @Override
    public OneServer.Subscribing bus() {
        return bus;
    }

    @Override
    public Wire<? extends StatefulConnection<byte[], byte[]>> nearby(ReadFrom readFrom) {
        return OneServer.withReplicas(client, uri, readFrom);
    }

    @Override
    public RedisKeys keys(String cache) {
        return RedisKeys.onOneServer(cache);
    }

    @Override
    public CompletionStage<Void> close() {
        watch.cancel(false);
        return sentinels.close();
    }
}
