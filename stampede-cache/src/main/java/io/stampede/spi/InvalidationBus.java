package io.stampede.spi;

/**
 * How the nodes of a cache hear of each other's writes. Publishing is not here: a write of the {@link RemoteTier} tells
 * the bus inside the store, in the same atomic step, so that a message can neither overtake its write nor be lost by a
 * node that dies between the two.
 *
 * <p>Implementations are thread-safe.
 */
public interface InvalidationBus {

    /**
     * Starts listening. Calls to the subscriber come one at a time, in the order of the messages, on a thread of the
     * bus. The subscription survives reconnects; each loss and each return is told.
     *
     * @param subscriber who listens
     * @return ends the subscription when closed; afterwards the subscriber is not called any more
     */
    Subscription subscribe(Subscriber subscriber);

    /** A running subscription. */
    interface Subscription extends AutoCloseable {
        /** Stops listening. Idempotent. */
        @Override
        void close();
    }

    /** Who listens. Its methods return quickly and don't block. */
    interface Subscriber {

        /**
         * A message came in, possibly one's own.
         *
         * @param message the message
         */
        void onMessage(BusMessage message);

        /** A message came in that can't be read: a newer version's, or damaged. It may have concerned any key. */
        void onUnknownMessage();

        /**
         * The bus is listening, for the first time or again. What was sent before may have been missed: the first
         * message that can't be missed is the one sent after this call began.
         */
        void onUp();

        /** The bus stopped listening: messages may be lost from now on until {@link #onUp()}. */
        void onDown();
    }
}
