package io.stampede.benchmarks.scale;

import java.util.ArrayList;
import java.util.List;

/** One key, simulated in the plainest way: read by read. What {@link Protection} samples must come out the same. */
final class EveryRead {

    private final World world;
    private final double reads;
    private final Chance chance;
    private final boolean oncePerNode;
    private final boolean early;
    private final boolean onceInAll;

    private double publishedAt;
    private double lifetime;
    private final List<Loading> loading = new ArrayList<>();

    long loads;
    long lives;
    long waits;

    private record Loading(int node, double endsAt) {}

    EveryRead(Protection protection, World world, double reads, long seed) {
        this.world = world;
        this.reads = reads;
        this.chance = new Chance(seed);
        this.oncePerNode = protection == Protection.SINGLE_FLIGHT;
        this.early = protection == Protection.XFETCH || protection == Protection.STAMPEDE;
        this.onceInAll = protection == Protection.STAMPEDE;
        this.lifetime = drawLifetime();
    }

    private double drawLifetime() {
        return onceInAll ? world.ttl() * (1 - world.jitter() * chance.uniform()) : world.ttl();
    }

    /** The first load that ends is the new value; those that go on beside it belong to the same life. */
    void runFor(double seconds) {
        for (double now = chance.exponential() / reads; now < seconds; now += chance.exponential() / reads) {
            endLoads(now);
            read(now, chance.node(world.nodes()));
        }
    }

    private void endLoads(double now) {
        if (!loading.isEmpty() && loading.get(0).endsAt <= now) {
            publishedAt = loading.get(0).endsAt;
            lifetime = drawLifetime();
            lives++;
            loading.clear();
        }
    }

    private void read(double now, int node) {
        double rest = publishedAt + lifetime - now;
        boolean isOver = rest <= 0;
        if (isOver) {
            waits++;
        }
        if ((isOver || finds(rest)) && mayLoad(node)) {
            loading.add(new Loading(node, now + world.load()));
            loads++;
        }
    }

    private boolean finds(double rest) {
        boolean looks = early && (!onceInAll || rest < lifetime / 2);
        return looks && rest <= chance.exponential() * world.beta() * world.load();
    }

    private boolean mayLoad(int node) {
        if (onceInAll) {
            return loading.isEmpty();
        }
        return !oncePerNode || loading.stream().noneMatch(other -> other.node == node);
    }
}
