package io.stampede.benchmarks.chaos;

import io.stampede.WriteResult;

/**
 * A write of the cache has returned.
 *
 * @param atMillis when, by the clock of the machine
 * @param loadsNeeded because of it: none for a put, which brings its value
 */
record Returned(int node, String key, long version, WriteResult result, long atMillis, int loadsNeeded) {

    String encoded() {
        return node + " " + key + " " + version + " " + result + " " + atMillis + " " + loadsNeeded;
    }

    static Returned decode(String line) {
        String[] words = line.split(" ", -1);
        return new Returned(
                Integer.parseInt(words[0]),
                words[1],
                Long.parseLong(words[2]),
                WriteResult.valueOf(words[3]),
                Long.parseLong(words[4]),
                Integer.parseInt(words[5]));
    }
}
