package io.stampede.benchmarks.scale;

/**
 * The first read that finds it is time to load. A read so long before the end of the life finds that with probability
 * exp(−rest / (β·Δ)), where Δ is how long a load takes; one after the end, for certain.
 *
 * @param at when it was, from the beginning of the life
 * @param rest of the life at that time; negative if it was over
 */
record EarlyRead(World world, double reads, double at, double rest) {

    /**
     * @param lifetime after which the value is no longer served
     * @param window before its end, in which reads look whether it is time
     */
    static EarlyRead sample(World world, double lifetime, double window, double reads, Chance chance) {
        double scale = world.beta() * world.load();
        double expected = expectedUntilEnd(scale, window, reads);
        double draw = chance.exponential();
        double rest = draw < expected
                ? -scale * Math.log(draw / (reads * scale) + Math.exp(-window / scale))
                : -(draw - expected) / reads;
        return new EarlyRead(world, reads, lifetime - rest, rest);
    }

    /** How many reads are expected to find that it is time, from the beginning of the window to the end of the life. */
    private static double expectedUntilEnd(double scale, double window, double reads) {
        return scale == 0 ? 0 : -reads * scale * Math.expm1(-window / scale);
    }

    boolean isEarly() {
        return rest > 0;
    }

    /** How many further reads are expected to find the same before the load is done. */
    double triggersDuringLoad() {
        double scale = world.beta() * world.load();
        double early = Math.min(Math.max(rest, 0), world.load());
        double whileAlive =
                early == 0 ? 0 : reads * scale * (Math.exp((early - rest) / scale) - Math.exp(-rest / scale));
        return whileAlive + reads * (world.load() - early);
    }

    /** How many reads have no value: those after the end of the life, with the one that loads if it is among them. */
    long waits(Chance chance) {
        double without = world.load() - Math.min(Math.max(rest, 0), world.load());
        return (isEarly() ? 0 : 1) + chance.poisson(reads * without);
    }
}
