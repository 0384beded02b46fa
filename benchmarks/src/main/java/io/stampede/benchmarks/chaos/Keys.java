package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the nodes read: keys that expire again and again, and keys that live long and are written. Each of the latter has
 * one node that writes it, so that its versions are written in their order.
 */
final class Keys {

    static final Duration TTL = Duration.ofSeconds(2);
    static final Duration LONG_TTL = Duration.ofMinutes(10);

    static final int EXPIRING = 30;
    private static final int WRITTEN_PER_NODE = 8;

    private final int nodes;

    Keys(int nodes) {
        this.nodes = nodes;
    }

    /** Three of five reads are of keys that expire. */
    String any() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return random.nextInt(5) < 3
                ? expiring(random.nextInt(EXPIRING))
                : written(random.nextInt(nodes * WRITTEN_PER_NODE));
    }

    String anyWrittenBy(int node) {
        return written(node + nodes * ThreadLocalRandom.current().nextInt(WRITTEN_PER_NODE));
    }

    List<String> written() {
        return IntStream.range(0, nodes * WRITTEN_PER_NODE)
                .mapToObj(Keys::written)
                .toList();
    }

    List<String> all() {
        return Stream.concat(IntStream.range(0, EXPIRING).mapToObj(Keys::expiring), written().stream())
                .toList();
    }

    static boolean isWritten(String key) {
        return key.startsWith("w");
    }

    boolean isWrittenBy(int node, String key) {
        return isWritten(key) && Integer.parseInt(key.substring(1)) % nodes == node;
    }

    private static String written(int number) {
        return "w" + number;
    }

    private static String expiring(int number) {
        return "e" + number;
    }
}
