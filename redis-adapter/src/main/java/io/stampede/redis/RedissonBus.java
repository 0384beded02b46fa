package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.StatusListener;
import org.redisson.api.options.PlainOptions;
import org.redisson.client.codec.ByteArrayCodec;

/**
 * The bus of all caches of a {@link RedissonTier}: one topic for each cache.
 *
 * <p>Redisson subscribes again by itself after a connection is lost, and says so only then. Hence a loss is told when it
 * is over, as down and up at once. Until then a node knows by the heartbeat, which asks Redis for the number of the last
 * message.
 *
 * <p>Thread-safe. State is changed, and subscribers are called, on the executor, which has one thread.
 */
final class RedissonBus {

    private static final System.Logger LOG = System.getLogger(RedissonBus.class.getName());
    private static final long RETRY_MILLIS = 1_000;

    private final RedissonClient client;
    private final ScheduledExecutorService executor;
    private final Runnable whenListening;
    private final Map<String, Ear> ears = new HashMap<>();

    /**
     * A bus without channels.
     *
     * @param whenListening whom to tell when it begins to listen, be it for the first time or again
     */
    RedissonBus(RedissonClient client, ScheduledExecutorService executor, Runnable whenListening) {
        this.client = client;
        this.executor = executor;
        this.whenListening = whenListening;
    }

    Subscription subscribe(String name, Subscriber subscriber) {
        BusListener listener = new BusListener(subscriber, closed -> run(() -> remove(name, closed)));
        run(() -> add(name, listener));
        return listener;
    }

    private void add(String name, BusListener listener) {
        Ear known = ears.get(name);
        if (known != null) {
            known.channel.add(listener);
        } else {
            Ear ear = new Ear(name);
            ear.channel.add(listener);
            ears.put(name, ear);
            ear.open();
        }
    }

    private void remove(String name, BusListener listener) {
        Ear ear = ears.get(name);
        if (ear != null && ear.channel.removeLast(listener)) {
            ears.remove(name);
            ear.close();
        }
    }

    /** Ends all subscriptions. Runs on the executor. */
    void close() {
        ears.values().forEach(Ear::close);
        ears.clear();
    }

    private void run(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.log(DEBUG, "The bus can't go on, its RedissonTier was closed", e);
        }
    }

    /** What listens to one topic. Confined to the executor. */
    private final class Ear implements StatusListener {

        final BusChannel channel;
        private final RTopic topic;
        private final List<Integer> listeners = new ArrayList<>();
        private boolean listening;
        private boolean closed;

        Ear(String name) {
            this.channel = new BusChannel(name);
            this.topic = client.getTopic(PlainOptions.name(name).codec(ByteArrayCodec.INSTANCE));
        }

        /** First who is told of the subscription, then who gets messages: else its first loss might go unnoticed. */
        void open() {
            add(topic::addListenerAsync, () -> add(this::addMessageListener, this::listens));
        }

        private CompletionStage<Integer> addMessageListener(StatusListener self) {
            return topic.addListenerAsync(byte[].class, (name, message) -> run(() -> deliver(message)));
        }

        private void add(Function<StatusListener, CompletionStage<Integer>> listener, Runnable next) {
            try {
                listener.apply(this).whenComplete((id, failure) -> run(() -> added(id, failure, next)));
            } catch (RuntimeException e) {
                added(null, e, next); // the client was shut down
            }
        }

        private void added(@Nullable Integer id, @Nullable Throwable failure, Runnable next) {
            if (id != null) {
                listeners.add(id);
            }
            if (closed) {
                removeListeners();
            } else if (failure == null) {
                next.run();
            } else {
                LOG.log(
                        WARNING,
                        () -> "Redisson can't subscribe to " + channel.name()
                                + ", trying again every second; is the user"
                                + " allowed to (+subscribe &stampede:1:*)?",
                        failure);
                removeListeners();
                channel.retry(executor.schedule(this::open, RETRY_MILLIS, TimeUnit.MILLISECONDS));
            }
        }

        private void listens() {
            listening = true;
            whenListening.run();
            channel.up();
        }

        private void deliver(byte[] message) {
            if (channel.isUp()) {
                channel.deliver(message);
            }
        }

        @Override
        public void onSubscribe(String name) {
            run(() -> {
                if (listening && !closed) { // the first time it isn't yet
                    channel.down();
                    channel.up();
                }
            });
        }

        @Override
        public void onUnsubscribe(String name) {
            run(channel::down);
        }

        void close() {
            closed = true;
            channel.down();
            removeListeners();
        }

        private void removeListeners() {
            if (!listeners.isEmpty()) {
                topic.removeListenerAsync(listeners.toArray(Integer[]::new)).whenComplete((nothing, failure) -> {
                    if (failure != null) {
                        LOG.log(DEBUG, () -> "Unsubscribing from " + channel.name() + " failed", failure);
                    }
                });
                listeners.clear();
            }
        }
    }
}
