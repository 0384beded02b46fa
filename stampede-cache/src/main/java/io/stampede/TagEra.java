package io.stampede;

import io.stampede.spi.Token;

/**
 * The time between two invalidations of a tag, as this node knows it. All entries of L1 with the tag point to it, so that
 * one write refuses them all.
 */
final class TagEra {

    static final TagEra[] NONE = {};

    final Token generation;

    private final long sinceMicros;
    private final long learnedAt;
    private volatile boolean over;
    private volatile boolean doubtful;

    /**
     * A generation of a tag.
     *
     * @param generation the generation
     * @param sinceMicros when it began, by the store's clock; 0 if the tag was never invalidated, as far as is known
     * @param learnedAt a moment of the node's own clock at which, or before which, it was asked for
     */
    TagEra(Token generation, long sinceMicros, long learnedAt) {
        this.generation = generation;
        this.sinceMicros = sinceMicros;
        this.learnedAt = learnedAt;
    }

    boolean isOver() {
        return over;
    }

    void end() {
        over = true;
    }

    /** Messages may have been missed: before entries are judged by it again, L2 has to be asked whether it is over. */
    void doubt(boolean doubt) {
        doubtful = doubt;
    }

    /** Whether entries can be judged by it. */
    boolean isCurrent() {
        return !over && !doubtful;
    }

    /** Whether the tag has certainly not been invalidated between a claim and now, as far as this node has heard. */
    boolean coversSince(long claimedAt, long grantedMicros) {
        return !over && (learnedAt - claimedAt < 0 || sinceMicros < grantedMicros);
    }
}
