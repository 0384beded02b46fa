package io.stampede.benchmarks.page;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * An axis from 0, with its marks at round numbers.
 *
 * @param step from one mark to the next: 1, 2 or 5 and zeros
 * @param highest where the axis ends
 */
record Scale(double step, double highest) {

    /** With so many steps at most. It ends at a mark. */
    static Scale upTo(double value, int steps) {
        double step = step(value, steps);
        return new Scale(step, step * Math.max(1, Math.ceil(value / step)));
    }

    /** With so many steps at most. It ends at the value, wherever the marks are. */
    static Scale endingAt(double value, int steps) {
        return new Scale(step(value, steps), value > 0 ? value : 1);
    }

    private static double step(double value, int steps) {
        if (value <= 0) {
            return 1;
        }
        double decade = Math.pow(10, Math.floor(Math.log10(value / steps)));
        return DoubleStream.of(1, 2, 5, 10)
                .map(digit -> digit * decade)
                .filter(step -> value / step <= steps)
                .findFirst()
                .orElse(10 * decade);
    }

    List<Double> marks() {
        return IntStream.rangeClosed(0, (int) Math.floor(highest / step + 1e-9))
                .mapToObj(i -> i * step)
                .toList();
    }
}
