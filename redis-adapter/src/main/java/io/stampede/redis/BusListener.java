package io.stampede.redis;

import static java.lang.System.Logger.Level.ERROR;

import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import java.util.function.Consumer;

/** One subscriber, guarded: what it throws concerns neither the others nor the next message. */
final class BusListener implements Subscription {

    private static final System.Logger LOG = System.getLogger(BusListener.class.getName());

    private final Subscriber subscriber;
    private final Consumer<BusListener> onClose;
    private volatile boolean closed;

    BusListener(Subscriber subscriber, Consumer<BusListener> onClose) {
        this.subscriber = subscriber;
        this.onClose = onClose;
    }

    /** What a subscriber is told. */
    interface Call extends Consumer<Subscriber> {}

    void tell(Call call) {
        if (closed) {
            return;
        }
        try {
            call.accept(subscriber);
        } catch (RuntimeException | Error e) {
            LOG.log(ERROR, () -> "A subscriber of the bus failed; it may now serve old values: " + subscriber, e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            onClose.accept(this);
        }
    }
}
