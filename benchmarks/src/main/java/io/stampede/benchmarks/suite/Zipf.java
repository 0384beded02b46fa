package io.stampede.benchmarks.suite;

import java.util.Arrays;
import java.util.Random;

/** Draws numbers as readers draw keys: the k-th most wanted with a probability in proportion to 1/k. */
final class Zipf {

    private final double[] cumulated;

    /** @param count how many numbers there are */
    Zipf(int count) {
        this.cumulated = new double[count];
        double sum = 0;
        for (int rank = 0; rank < count; rank++) {
            sum += 1.0 / (rank + 1);
            cumulated[rank] = sum;
        }
    }

    int draw(Random random) {
        double point = random.nextDouble() * cumulated[cumulated.length - 1];
        int found = Arrays.binarySearch(cumulated, point);
        return found < 0 ? -found - 1 : found;
    }
}
