package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.Token;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** What the bus says, carried to the flights and to L1. */
final class BusListener<K, V> implements InvalidationBus.Subscriber {

    private final Flights<K, V> flights;
    private final Generations<K, V> generations;
    private final Heartbeat heartbeat;
    private final Hearing hearing;
    private final @Nullable Remote<V> remote;
    private final KeyCodec<K> keyCodec;
    private final Token self;
    private final ToIntFunction<String> partOf;
    private final QuietLog log;

    BusListener(
            Flights<K, V> flights,
            Generations<K, V> generations,
            Heartbeat heartbeat,
            Hearing hearing,
            KeyCodec<K> keyCodec,
            Token self,
            ToIntFunction<String> partOf) {
        this.flights = flights;
        this.remote = flights.remote;
        this.generations = generations;
        this.heartbeat = heartbeat;
        this.hearing = hearing;
        this.keyCodec = keyCodec;
        this.self = self;
        this.partOf = partOf;
        this.log = new QuietLog(BusListener.class, flights.environment);
    }

    @Override
    public void onMessage(BusMessage message) {
        int part = part(message);
        if (remote != null) {
            remote.gate.heardTime(part, message.serverMicros());
        }
        if (!hearing.heard(part, message.sequence())) {
            log.warn(
                    () -> "Cache '" + flights.settings.name() + "': messages of other nodes were lost or came out of "
                            + "order; everything in L1 is confirmed before it is served again",
                    null);
            flights.missedMessages();
            heartbeat.beat(); // numbers that begin anew are those of a cache whose generation may be lost
        }
        if (remote != null) {
            remote.notNearby.add(Outbox.Item.key(message.key()), flights.environment.nanoTime());
        }
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

    private int part(BusMessage message) {
        return message.kind() == BusMessage.Kind.CLEARED ? 0 : partOf.applyAsInt(message.key());
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
        hearing.up();
        flights.missedMessages();
        heartbeat.busIsUp();
    }

    @Override
    public void onDown() {
        hearing.down();
        flights.missedMessages();
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
