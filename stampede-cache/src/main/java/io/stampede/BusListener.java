package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.Token;
import java.util.function.Consumer;

/** What the bus says, carried to the flights and to L1. */
final class BusListener<K, V> implements InvalidationBus.Subscriber {

    private final Flights<K, V> flights;
    private final Generations<K, V> generations;
    private final Heartbeat heartbeat;
    private final KeyCodec<K> keyCodec;
    private final Token self;
    private final QuietLog log;
    private volatile boolean wasDown;

    BusListener(
            Flights<K, V> flights,
            Generations<K, V> generations,
            Heartbeat heartbeat,
            KeyCodec<K> keyCodec,
            Token self) {
        this.flights = flights;
        this.generations = generations;
        this.heartbeat = heartbeat;
        this.keyCodec = keyCodec;
        this.self = self;
        this.log = new QuietLog(BusListener.class, flights.environment);
    }

    @Override
    public void onMessage(BusMessage message) {
        switch (message.kind()) {
            case CLEARED -> generations.heard(message);
            case TAG_INVALIDATED -> flights.tags.invalidated(message.key(), message.token());
            case RELEASED -> withKey(message, key -> flights.released(key, message, isOwn(message)));
            case PUBLISHED ->
                withKey(message, key -> {
                    if (isOwn(message)) {
                        flights.publishedHere(key);
                    } else {
                        flights.heard(key, Write.of(message));
                    }
                });
            default -> {
                // Our own write's reply has already done here what its echo would do; the echo comes too late and could
                // evict a value that is newer.
                if (!isOwn(message)) {
                    withKey(message, key -> flights.heard(key, Write.of(message)));
                }
            }
        }
    }

    private boolean isOwn(BusMessage message) {
        return message.origin().equals(self);
    }

    @Override
    public void onUnknownMessage() {
        flights.suspectAll();
    }

    @Override
    public void onUp() {
        // Nothing that was in L1 before is beyond doubt; and who waits may have missed what it waits for.
        flights.suspectAll();
        flights.askAgain();
        if (wasDown) {
            heartbeat.beat();
        }
    }

    @Override
    public void onDown() {
        wasDown = true;
        flights.suspectAll();
        flights.askAgain();
    }

    private void withKey(BusMessage message, Consumer<K> action) {
        K key;
        try {
            key = keyCodec.decode(message.key());
        } catch (RuntimeException e) {
            log.warn(
                    () -> "Cache '" + flights.settings.name() + "': the key codec can't read back a key that another "
                            + "node wrote; everything in L1 is confirmed before it is served again",
                    e);
            flights.suspectAll();
            return;
        }
        action.accept(key);
    }
}
