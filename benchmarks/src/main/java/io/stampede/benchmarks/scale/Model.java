package io.stampede.benchmarks.scale;

/** Lets all keys of a world live for a while, one after the other. The same seed gives the same figures. */
public final class Model {

    /** Mixed into the seed, so that neighbouring keys have nothing in common. */
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    /** One key is not much to calculate, and its average is worth knowing well. */
    private static final double LIVES_OF_HOTTEST = 1_000;

    private Model() {}

    /**
     * What has been counted.
     *
     * @param loads of the source, in a second
     * @param loadsOfHottest for each life of the key that is read most
     * @param waits how many of a million reads had no value
     * @param commands of Redis, in a second
     * @param deliveries of messages to nodes, in a second
     */
    public record Figures(double loads, double loadsOfHottest, double waits, double commands, double deliveries) {}

    /**
     * Runs it.
     *
     * @param lives how many ttls it lasts
     */
    public static Figures run(World world, Protection protection, double lives, long seed) {
        double seconds = lives * world.ttl();
        Sum all = new Sum();
        for (int key = 1; key <= world.keys(); key++) {
            all.add(live(world, protection, world.reads(key), seconds, new Chance(seed + key * GOLDEN)));
        }
        Sum hottest = live(world, protection, world.reads(1), LIVES_OF_HOTTEST * world.ttl(), new Chance(seed));
        return new Figures(
                all.loads / seconds,
                hottest.loads / hottest.lives,
                1e6 * all.waits / (world.reads() * seconds),
                all.commands / seconds + protection.standingCommands(world),
                all.published * world.nodes() / seconds);
    }

    /** From a random moment of its first life, as if it had gone on for long. */
    static Sum live(World world, Protection protection, double reads, double seconds, Chance chance) {
        Sum sum = new Sum();
        double clock = -chance.uniform() * world.ttl();
        while (clock < seconds) {
            Life life = protection.live(world, reads, chance);
            clock += life.seconds();
            if (clock >= 0 && clock < seconds) {
                sum.add(life);
            }
        }
        return sum;
    }

    /** Of lives, or of keys. */
    static final class Sum {

        double lives;
        double loads;
        double waits;
        double commands;
        double published;

        void add(Life life) {
            lives++;
            loads += life.loads();
            waits += life.waits();
            commands += life.commands();
            published += life.published();
        }

        void add(Sum other) {
            lives += other.lives;
            loads += other.loads;
            waits += other.waits;
            commands += other.commands;
            published += other.published;
        }
    }
}
