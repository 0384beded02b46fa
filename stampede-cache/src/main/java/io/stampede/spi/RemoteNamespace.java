package io.stampede.spi;

/**
 * Whose data an operation concerns: the cache's name, shared by all its nodes, and the node that asks.
 *
 * @param cache the cache's name: letters, digits, {@code . _ : -}
 * @param node the node's unique token; messages carry it so that a node knows its own
 */
public record RemoteNamespace(String cache, Token node) {}
