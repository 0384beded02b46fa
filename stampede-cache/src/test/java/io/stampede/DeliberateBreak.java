package io.stampede;

/**
 * A mistake that the simulation finds.
 *
 * @param name what is done wrong
 * @param source the source file, from the module's directory
 * @param right what it says exactly once
 * @param wrong what it says instead
 * @param mostSeeds how many seeds, from the first on, it may take until a promise is broken
 */
record DeliberateBreak(String name, String source, String right, String wrong, int mostSeeds) {

    @Override
    public String toString() {
        return name;
    }
}
