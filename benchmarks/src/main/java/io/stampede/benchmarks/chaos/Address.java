package io.stampede.benchmarks.chaos;

import io.lettuce.core.RedisURI;
import io.stampede.redis.RedisTier;
import io.stampede.redis.RedisZones;
import io.stampede.spi.RemoteConnection;
import java.util.Arrays;
import java.util.List;

/**
 * How a node gets to Redis.
 *
 * @param ownZone the name of the node's zone, or nothing where there are none
 * @param uris one, or one for each zone, or the seeds of a cluster
 */
record Address(Form form, String ownZone, List<String> uris) {

    private static final String NO_ZONE = "-";

    /** What is there. */
    enum Form {
        /** One server or one that fails over. */
        ONE,
        CLUSTER,
        ZONES
    }

    static Address of(String uri) {
        return new Address(Form.ONE, NO_ZONE, List.of(uri));
    }

    static Address ofCluster(List<String> seeds) {
        return new Address(Form.CLUSTER, NO_ZONE, seeds);
    }

    static Address ofZones(String ownZone, List<String> uris) {
        return new Address(Form.ZONES, ownZone, uris);
    }

    String encoded() {
        return form + " " + ownZone + " " + String.join(" ", uris);
    }

    /** Of the last of these words, beginning with one. */
    static Address decode(String[] words, int from) {
        return new Address(
                Form.valueOf(words[from]), words[from + 1], List.of(Arrays.copyOfRange(words, from + 2, words.length)));
    }

    /** The zones are called by their numbers, from 0. */
    static String zone(int number) {
        return "zone" + number;
    }

    /**
     * Connects a node.
     *
     * @param name what its connections are called in Redis
     * @param opened gets what is to be closed after the cache, the last one first
     */
    RemoteConnection connect(String name, List<AutoCloseable> opened) {
        return switch (form) {
            case ONE -> opened(RedisTier.connect(named(uris.get(0), name)), opened);
            case CLUSTER -> opened(RedisTier.connectCluster(uris.toArray(String[]::new)), opened);
            case ZONES -> opened(zones(), opened);
        };
    }

    private static RedisURI named(String uri, String name) {
        RedisURI named = RedisURI.create(uri);
        named.setClientName(name);
        return named;
    }

    private RedisZones zones() {
        RedisZones.Builder builder = RedisZones.builder().ownZone(ownZone);
        for (int i = 0; i < uris.size(); i++) {
            builder.zone(zone(i), uris.get(i));
        }
        return builder.build();
    }

    @SuppressWarnings("try") // not meant for a try: what is closed here says so itself
    private static <C extends RemoteConnection & AutoCloseable> C opened(C connection, List<AutoCloseable> opened) {
        opened.add(connection);
        return connection;
    }
}
