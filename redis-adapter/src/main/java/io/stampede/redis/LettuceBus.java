package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutor;
import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The bus of all caches of a {@link RedisTier}, on Redis pub/sub: one connection, one channel for each cache.
 *
 * <p>Why pub/sub, and not the client-side caching of RESP3, whose invalidation pushes come for free:
 *
 * <ul>
 *   <li>A push carries a key and nothing else. Ours say who wrote, what happened (a waiter must tell "no value" from
 *       "failed" from "here it is"), which version, and which lease the write revoked; without these each node would
 *       have to ask Redis, all at once, for every write of a hot key.
 *   <li>A script stores the value and sends the message in one atomic step, so that the order of the messages is the
 *       order of the writes. Pushes of a tracking connection are sent after the command, have no order with what other
 *       connections read, and are sent for an expiry or eviction as well as for a write.
 *   <li>A load that ends without a value (null, failed) writes nothing that a reader tracks; there would be no push.
 *   <li>Redis remembers each key that each connection has read, in a table of bounded size; when it is full, nodes get
 *       pushes for keys that nobody wrote. A channel costs one entry for each node.
 *   <li>Pub/sub is the same on every topology and behind every proxy, with RESP2 too, and in Cluster reaches every node
 *       whichever one the subscriber is connected to.
 * </ul>
 *
 * <p>Both lose messages while the connection is down; {@code onDown} and {@code onUp} say so.
 *
 * <p>Thread-safe. State is changed, and subscribers are called, on one of the client's event executors, one at a time.
 */
final class LettuceBus<C extends StatefulRedisPubSubConnection<byte[], byte[]>> implements Link.Events<C> {

    private static final System.Logger LOG = System.getLogger(LettuceBus.class.getName());
    private static final long RETRY_MILLIS = 1_000;

    private final EventExecutor executor;
    private final Link<C> link;
    private final Map<String, BusChannel> channels = new HashMap<>();
    private @Nullable C connection;

    LettuceBus(String address, Wire<C> wire, EventExecutor executor) {
        this.executor = executor;
        this.link = new Link<>("The pub/sub connection to " + address, wire, executor, this);
    }

    Link<?> link() {
        return link;
    }

    Subscription subscribe(String name, Subscriber subscriber) {
        BusListener listener = new BusListener(subscriber, closed -> run(() -> remove(name, closed)));
        run(() -> add(name, listener));
        return listener;
    }

    private void add(String name, BusListener listener) {
        BusChannel known = channels.get(name);
        if (known != null) {
            known.add(listener);
        } else {
            BusChannel channel = new BusChannel(name);
            channel.add(listener);
            channels.put(name, channel);
            subscribe(channel);
        }
    }

    private void remove(String name, BusListener listener) {
        BusChannel channel = channels.get(name);
        if (channel != null && channel.removeLast(listener)) {
            channels.remove(name);
            channel.down();
            if (connection != null) {
                connection.async().unsubscribe(channel.bytes());
            }
        }
    }

    private void subscribe(BusChannel channel) {
        C via = connection;
        if (via != null) {
            via.async()
                    .subscribe(channel.bytes())
                    .whenComplete((nothing, failure) -> run(() -> subscribed(via, channel, failure)));
        }
    }

    /** Redis answers in the order of the commands: whatever a later subscription hears, this one's end came before. */
    private void subscribed(C via, BusChannel channel, @Nullable Throwable failure) {
        if (via != connection || channels.get(channel.name()) != channel) {
            return;
        }
        if (failure == null) {
            channel.up();
        } else if (failure instanceof RedisCommandTimeoutException) {
            link.drop(via, failure);
        } else {
            LOG.log(
                    WARNING,
                    () -> "Redis refuses to subscribe to " + channel.name()
                            + ", trying again every second; is the user allowed to (+subscribe &stampede:1:*)?",
                    failure);
            channel.retry(executor.schedule(() -> subscribe(channel), RETRY_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    @Override
    public void up(C opened) {
        connection = opened;
        opened.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(byte[] channel, byte[] message) {
                run(() -> deliver(channel, message));
            }

            @Override
            public void unsubscribed(byte[] channel, long count) {
                run(() -> ended(opened, channel));
            }
        });
        channels.values().forEach(this::subscribe);
    }

    @Override
    public void down() {
        connection = null;
        channels.values().forEach(BusChannel::down);
    }

    private void deliver(byte[] name, byte[] bytes) {
        BusChannel channel = channels.get(text(name));
        if (channel != null && channel.isUp()) { // else it is for a subscription that has ended since
            channel.deliver(bytes);
        }
    }

    /** The end of our own subscriptions finds none or a younger one that isn't up yet; anything else is a gap. */
    private void ended(C from, byte[] name) {
        BusChannel channel = channels.get(text(name));
        if (channel != null && channel.isUp()) {
            link.drop(from, new IllegalStateException("Redis ended the subscription to " + channel.name()));
        }
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.US_ASCII);
    }

    private void run(Runnable task) {
        try {
            executor.execute(new Surviving("The bus", task));
        } catch (RejectedExecutionException e) {
            LOG.log(DEBUG, "The bus can't go on, its client was shut down", e);
        }
    }
}
