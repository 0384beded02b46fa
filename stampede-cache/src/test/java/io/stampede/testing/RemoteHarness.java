package io.stampede.testing;

import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What a contract test must be able to do to the store that it tests. Made anew for each test, and closed after it. */
public interface RemoteHarness extends AutoCloseable {

    /**
     * Connects a node. All connections of a harness lead to the same store.
     *
     * @return a connection, closed with the harness
     */
    RemoteConnection connect();

    /**
     * Lets time pass on the store's clock until something has come of it: a double moves its clock, for a real store
     * the test waits.
     *
     * @param time how much time must pass
     * @param effect what is true then
     * @throws AssertionError if it isn't
     */
    void pass(Duration time, BooleanSupplier effect);

    /** Makes the bus of all nodes stop listening. */
    void loseBus();

    /** Lets the bus listen again, if it doesn't do so by itself. */
    void mendBus();

    /**
     * Sends any bytes over the bus.
     *
     * @param cache the cache's name
     * @param message the bytes
     */
    void sendRaw(String cache, byte[] message);

    @Override
    void close();
}
