package io.stampede.benchmarks.scale;

/** What to expect of one key: loads for each of its lives. */
final class Formulas {

    private Formulas() {}

    /**
     * With λ reads a second on N nodes, and Δ seconds for a load: 1 + λΔ without protection; 1 + (N − 1)(1 − exp(−λΔ/N)) if
     * each node loads once; e^(1/β) for XFetch on a key that is read often, since β·Δ·λ·(e^(1/β) − 1)·exp(−rest/(βΔ)) reads
     * are expected to follow the first one before it is done, and what that one's place makes of the other factors is 1 on
     * average; 1 with a lock for the whole cluster.
     */
    static double loadsPerLife(Protection protection, World world, double reads) {
        double during = reads * world.load();
        return switch (protection) {
            case NONE -> 1 + during;
            case SINGLE_FLIGHT -> 1 + (world.nodes() - 1) * Protection.atLeastOne(during / world.nodes());
            case XFETCH -> Math.exp(1 / world.beta());
            case STAMPEDE -> 1;
        };
    }
}
