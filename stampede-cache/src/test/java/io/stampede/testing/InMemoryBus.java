package io.stampede.testing;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The double's bus. Events are queued under the lock, in the order of the writes, and delivered without it by whoever
 * comes first; a write made by a subscriber is told when all have heard the message before it.
 */
final class InMemoryBus {

    private final Object lock;
    private final Map<String, List<Listener>> listeners = new LinkedHashMap<>();
    private final Deque<Runnable> events = new ArrayDeque<>();
    private final List<Throwable> failures = new ArrayList<>();
    private boolean delivering;
    private boolean up = true;
    private boolean dropping;

    InMemoryBus(Object lock) {
        this.lock = lock;
    }

    Subscription subscribe(String cache, Subscriber subscriber) {
        Listener listener = new Listener(cache, subscriber);
        synchronized (lock) {
            listeners.computeIfAbsent(cache, any -> new ArrayList<>()).add(listener);
            if (up) {
                events.add(() -> listener.tell(subscriber::onUp));
            }
        }
        deliver();
        return listener;
    }

    /** Queues a message of a write; the caller holds the lock and calls {@link #deliver()} after letting go of it. */
    void publish(String cache, long serverMicros, Token revoked, long number, byte[] tail) {
        if (!up || dropping) {
            return;
        }
        publishRaw(
                cache,
                ByteBuffer.allocate(BusMessage.HEAD_BYTES + tail.length)
                        .put(digits(serverMicros))
                        .put(revoked.toBytes())
                        .put(digits(number))
                        .put(tail)
                        .array());
    }

    private static byte[] digits(long number) {
        return String.format(Locale.ROOT, "%016d", number).getBytes(StandardCharsets.US_ASCII);
    }

    /** As {@link #publish}, for any bytes. */
    void publishRaw(String cache, byte[] message) {
        for (Listener listener : List.copyOf(listeners.getOrDefault(cache, List.of()))) {
            events.add(() -> listener.hear(message));
        }
    }

    /** Delivers what is queued, unless a delivery is under way: then that one goes on with it. */
    void deliver() {
        while (true) {
            Runnable next;
            synchronized (lock) {
                if (delivering || events.isEmpty()) {
                    return;
                }
                delivering = true;
                next = events.remove();
            }
            try {
                next.run();
            } finally {
                synchronized (lock) {
                    delivering = false;
                }
            }
        }
    }

    void setUp(boolean nowUp) {
        synchronized (lock) {
            if (up != nowUp) {
                up = nowUp;
                listeners
                        .values()
                        .forEach(some -> some.forEach(listener -> events.add(
                                () -> listener.tell(nowUp ? listener.subscriber::onUp : listener.subscriber::onDown))));
            }
        }
        deliver();
    }

    void setDropping(boolean nowDropping) {
        dropping = nowDropping;
    }

    int subscriptions() {
        return listeners.values().stream().mapToInt(List::size).sum();
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    private final class Listener implements Subscription {
        private final String cache;
        private final Subscriber subscriber;
        private volatile boolean closed;

        Listener(String cache, Subscriber subscriber) {
            this.cache = cache;
            this.subscriber = subscriber;
        }

        void hear(byte[] bytes) {
            BusMessage message = BusMessage.decode(bytes);
            tell(message == null ? subscriber::onUnknownMessage : () -> subscriber.onMessage(message));
        }

        void tell(Runnable call) {
            if (closed) {
                return;
            }
            try {
                call.run();
            } catch (RuntimeException | Error e) {
                synchronized (lock) {
                    failures.add(e); // as behind a real bus, the others must hear the message all the same
                }
            }
        }

        @Override
        public void close() {
            closed = true;
            synchronized (lock) {
                listeners.getOrDefault(cache, new ArrayList<>()).remove(this);
            }
        }
    }
}
