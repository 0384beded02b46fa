package io.stampede.testing;

import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus;

/** Passes everything on that a bus tells: for whoever looks on at some of it, or keeps some of it back. */
public class DelegatingSubscriber implements InvalidationBus.Subscriber {

    private final InvalidationBus.Subscriber subscriber;

    /**
     * Passes on to another.
     *
     * @param subscriber who is to be told
     */
    public DelegatingSubscriber(InvalidationBus.Subscriber subscriber) {
        this.subscriber = subscriber;
    }

    @Override
    public void onMessage(BusMessage message) {
        subscriber.onMessage(message);
    }

    @Override
    public void onUnknownMessage() {
        subscriber.onUnknownMessage();
    }

    @Override
    public void onUp() {
        subscriber.onUp();
    }

    @Override
    public void onDown() {
        subscriber.onDown();
    }
}
