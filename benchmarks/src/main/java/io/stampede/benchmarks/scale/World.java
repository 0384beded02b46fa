package io.stampede.benchmarks.scale;

/**
 * A cluster and its load. Times in seconds, rates per second.
 *
 * @param nodes that share the cache; each key is read by all of them alike, at random moments
 * @param keys read by Zipf's law: the n-th most popular one n times more rarely than the first
 * @param reads of all keys, on all nodes together
 * @param ttl how long a value lives; the copies in the nodes end with the one in Redis
 * @param load how long a load takes
 * @param beta how eagerly values are rebuilt early, where they are
 * @param jitter over what last part of the ttl the ends of lives are spread, where they are
 * @param heartbeat how long from one question of a node for what it may have missed to the next
 */
public record World(
        int nodes, int keys, double reads, double ttl, double load, double beta, double jitter, double heartbeat) {

    /** With what Stampede has by default. */
    public static World of(int nodes, int keys, double reads, double ttl, double load) {
        return new World(nodes, keys, reads, ttl, load, 1, 0.1, 5 / 3.0);
    }

    /** How often the n-th most popular key is read, n from 1. */
    double reads(int n) {
        return reads / n / harmonic();
    }

    /** The sum of 1/n over all keys, by Euler and Maclaurin where adding up would take long. */
    private double harmonic() {
        if (keys > 1_000) {
            return Math.log(keys) + 0.577_215_664_9 + 0.5 / keys;
        }
        double sum = 0;
        for (int n = 1; n <= keys; n++) {
            sum += 1.0 / n;
        }
        return sum;
    }
}
