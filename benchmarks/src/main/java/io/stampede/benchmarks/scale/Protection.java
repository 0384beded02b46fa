package io.stampede.benchmarks.scale;

/** Ways to rebuild what expires. Each samples one life of a key that is read so often, exactly, without single reads. */
public enum Protection {
    /** Every read that finds nothing loads. */
    NONE("no protection") {
        @Override
        Life live(World world, double reads, Chance chance) {
            double wait = chance.exponential() / reads;
            long loads = 1 + chance.poisson(reads * world.load());
            return new Life(world.ttl() + wait + world.load(), loads, loads, commands(world, reads, loads), 0);
        }
    },
    /** Every node that finds nothing loads once. */
    SINGLE_FLIGHT("single flight per node") {
        @Override
        Life live(World world, double reads, Chance chance) {
            double wait = chance.exponential() / reads;
            long others = chance.binomial(world.nodes() - 1, atLeastOne(reads * world.load() / world.nodes()));
            long waits = 1 + chance.poisson(reads * world.load());
            return new Life(
                    world.ttl() + wait + world.load(), 1 + others, waits, commands(world, reads, 1 + others), 0);
        }
    },
    /** Every read may find that it is time, the more likely the closer the end is; nobody knows of another's load. */
    XFETCH("XFetch without a lock") {
        @Override
        Life live(World world, double reads, Chance chance) {
            EarlyRead first = EarlyRead.sample(world, world.ttl(), world.ttl(), reads, chance);
            long loads = 1 + chance.poisson(first.triggersDuringLoad());
            double commands = commands(world, reads, loads);
            return new Life(first.at() + world.load(), loads, first.waits(chance), commands, 0);
        }
    },
    /** One load in the cluster, early if there is a read that finds it is time, and a spread of the ends. */
    STAMPEDE("Stampede") {
        @Override
        Life live(World world, double reads, Chance chance) {
            double lifetime = world.ttl() * (1 - world.jitter() * chance.uniform());
            EarlyRead first = EarlyRead.sample(world, lifetime, lifetime / 2, reads, chance);
            // Of the others each asks once for the right to load, and hears that it is taken.
            long claims =
                    1 + chance.binomial(world.nodes() - 1, atLeastOne(first.triggersDuringLoad() / world.nodes()));
            long looks = first.isEarly() ? 0 : claims;
            double commands = looks + claims + 1 + otherNodesThatRead(world, reads);
            return new Life(first.at() + world.load(), 1, first.waits(chance), commands, 1);
        }

        @Override
        double standingCommands(World world) {
            return world.nodes() / world.heartbeat();
        }
    };

    private final String title;

    Protection(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }

    abstract Life live(World world, double reads, Chance chance);

    /** Sent to Redis in a second whatever is read. */
    double standingCommands(World world) {
        return 0;
    }

    /** Each loader has looked before and writes after it; each other node that reads the new value fetches it. */
    private static double commands(World world, double reads, long loads) {
        return 2.0 * loads + otherNodesThatRead(world, reads);
    }

    /** In the course of a life: each fetches the value once. Who has loaded it has it. */
    private static double otherNodesThatRead(World world, double reads) {
        return (world.nodes() - 1) * atLeastOne(reads * world.ttl() / world.nodes());
    }

    static double atLeastOne(double expected) {
        return -Math.expm1(-expected);
    }
}
