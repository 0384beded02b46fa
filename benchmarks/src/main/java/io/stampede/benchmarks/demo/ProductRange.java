package io.stampede.benchmarks.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;

/** Products with numbers that follow each other. */
record ProductRange(long first, int count) {

    long any() {
        return first + ThreadLocalRandom.current().nextInt(count);
    }

    List<Long> shuffled() {
        List<Long> all =
                new ArrayList<>(LongStream.range(first, first + count).boxed().toList());
        Collections.shuffle(all, ThreadLocalRandom.current());
        return all;
    }
}
