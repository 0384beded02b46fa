package io.stampede.benchmarks.suite;

import java.util.Random;

/** Keys and values that look like those of an application. */
final class Texts {

    private Texts() {}

    static String key(long number) {
        return "product:" + number;
    }

    static String[] keys(int count) {
        String[] keys = new String[count];
        for (int i = 0; i < count; i++) {
            keys[i] = key(i);
        }
        return keys;
    }

    /** The same for each run, and not to be compressed to nothing. */
    static String value(int length) {
        return new Random(length)
                .ints(length, 'a', 'z' + 1)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
