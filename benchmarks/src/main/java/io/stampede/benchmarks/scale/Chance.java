package io.stampede.benchmarks.scale;

import java.util.SplittableRandom;

/** Draws from the distributions that random reads lead to. The same seed gives the same draws. For one thread. */
final class Chance {

    /** From here on a normal distribution can't be told from the others by anything that is measured here. */
    private static final double MANY = 50;

    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    double uniform() {
        return random.nextDouble();
    }

    int node(int nodes) {
        return random.nextInt(nodes);
    }

    /** With mean 1: the wait for an event that comes at random, one in a unit of time. */
    double exponential() {
        return -Math.log(1 - random.nextDouble());
    }

    /** How many events there are where so many are expected. */
    long poisson(double mean) {
        if (mean > MANY) {
            return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
        }
        double limit = Math.exp(-mean);
        double product = random.nextDouble();
        long events = 0;
        while (product > limit) {
            product *= random.nextDouble();
            events++;
        }
        return events;
    }

    /** How many of so many do something that each does with this probability. */
    long binomial(int trials, double probability) {
        double mean = trials * probability;
        double variance = mean * (1 - probability);
        if (variance > MANY) {
            return Math.min(trials, Math.max(0, Math.round(mean + Math.sqrt(variance) * random.nextGaussian())));
        }
        if (probability > 0.5) {
            return trials - binomial(trials, 1 - probability);
        }
        if (probability <= 0) {
            return 0;
        }
        // From one success to the next, so that rare ones are found fast.
        long successes = 0;
        double logOfFailure = Math.log1p(-probability);
        for (double trial = skip(logOfFailure); trial < trials; trial += 1 + skip(logOfFailure)) {
            successes++;
        }
        return successes;
    }

    private double skip(double logOfFailure) {
        return Math.floor(Math.log(1 - random.nextDouble()) / logOfFailure);
    }
}
