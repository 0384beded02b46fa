package io.stampede.spi;

/**
 * A connection to a remote store that several caches may share: what an application passes to a cache's builder.
 *
 * <p>Implementations are thread-safe. A cache never closes the connection it was given.
 */
public interface RemoteConnection {

    /**
     * Opens a cache's view of the store. It succeeds while the store is absent: operations then fail until it is back.
     *
     * @param namespace the cache and the node that asks
     * @return the view; closed by the cache
     */
    RemoteTier tier(RemoteNamespace namespace);

    /**
     * The bus of a cache's namespace.
     *
     * @param namespace the cache and the node that asks
     * @return the bus; its subscriptions are closed by the cache
     */
    InvalidationBus bus(RemoteNamespace namespace);

    /**
     * Finds out whether the connections that this holds are alive. One that gives no sign of life within the time is
     * replaced: it may be half open, and only a new one can tell. Caches ask this regularly; an implementation may
     * answer several questions by one look.
     *
     * @param nanos how long a living connection may take
     */
    void check(long nanos);
}
