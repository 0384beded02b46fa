package io.stampede.redis;

import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import java.util.function.Function;

/**
 * One zone's store.
 *
 * @param name what all nodes call it
 * @param connection leads to its data and its bus
 * @param marks what it knows of the other zones, for a cache and a node
 * @param clock its clock
 */
record Zone(String name, RemoteConnection connection, Function<RemoteNamespace, Marks> marks, ZoneClock clock) {

    Zone(String name, RemoteConnection connection, Function<RemoteNamespace, Marks> marks) {
        this(name, connection, marks, new ZoneClock());
    }
}
