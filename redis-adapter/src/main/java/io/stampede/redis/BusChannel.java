package io.stampede.redis;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One channel while anybody listens to it. Confined to the bus's executor. */
final class BusChannel {

    private final String name;
    private final List<BusListener> listeners = new ArrayList<>();
    private boolean up;
    private @Nullable Future<?> retry;

    BusChannel(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    byte[] bytes() {
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    boolean isUp() {
        return up;
    }

    void add(BusListener listener) {
        listeners.add(listener);
        if (up) {
            listener.tell(Subscriber::onUp);
        }
    }

    /** Whether it was the last listener. */
    boolean removeLast(BusListener listener) {
        listeners.remove(listener);
        return listeners.isEmpty();
    }

    void up() {
        up = true;
        tellAll(Subscriber::onUp);
    }

    void down() {
        if (retry != null) {
            retry.cancel(false);
        }
        if (up) {
            up = false;
            tellAll(Subscriber::onDown);
        }
    }

    /** The next attempt to subscribe; not made any more once the channel is down. */
    void retry(Future<?> next) {
        retry = next;
    }

    void deliver(byte[] bytes) {
        BusMessage message = BusMessage.decode(bytes);
        if (message == null) {
            tellAll(Subscriber::onUnknownMessage);
        } else {
            tellAll(subscriber -> subscriber.onMessage(message));
        }
    }

    private void tellAll(BusListener.Call call) {
        // A copy, since a subscriber may subscribe or close on being told.
        List.copyOf(listeners).forEach(listener -> listener.tell(call));
    }
}
