package io.stampede.spi;

/**
 * Whose data an operation concerns: the cache's name, shared by all its nodes, and the node that asks.
 *
 * @param cache the cache's name: letters, digits, {@code . _ : -}
 * @param node the node's unique token; messages carry it so that a node knows its own
 * @param schema stands for the schema of the codec's bytes; 0 for a codec that does not tell
 */
public record RemoteNamespace(String cache, Token node, long schema) {

    /**
     * A namespace without a schema.
     *
     * @param cache the cache's name
     * @param node the node's token
     */
    public RemoteNamespace(String cache, Token node) {
        this(cache, node, 0);
    }
}
