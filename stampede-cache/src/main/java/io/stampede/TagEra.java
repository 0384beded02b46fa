package io.stampede;

import io.stampede.spi.Token;

/**
 * The time between two invalidations of a tag, as this node knows it. All entries of L1 with the tag point to it, so that
 * one write refuses them all.
 */
final class TagEra {

    static final TagEra[] NONE = {};

    final Token generation;

    /** In which part the tag is, by whose clock it began. */
    private final int part;

    private final long sinceMicros;
    private final long startedBy;
    private final long learnedAt;
    private final long steadySince;
    private volatile boolean over;
    private volatile boolean doubtful;

    /**
     * A generation of a tag.
     *
     * @param generation the generation
     * @param part the part that the tag is in
     * @param sinceMicros when it began, by that part's clock; 0 if the tag was never invalidated, as far as is known
     * @param startedBy a moment of the node's own clock at which it had certainly begun
     * @param learnedAt the moment of the node's own clock at which L2's answer came
     * @param steadySince the moment of the node's own clock before which nothing is known of the part's
     */
    TagEra(Token generation, int part, long sinceMicros, long startedBy, long learnedAt, long steadySince) {
        this.generation = generation;
        this.part = part;
        this.sinceMicros = sinceMicros;
        this.startedBy = startedBy;
        this.learnedAt = learnedAt;
        this.steadySince = steadySince;
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

    /** The era of a tag of entries that L2 does not know of. */
    static TagEra local(long now) {
        return new TagEra(Token.NONE, 0, 0, now, now, now);
    }

    /**
     * Whether the tag has certainly not been invalidated between a claim and now, as far as this node has heard. The clocks
     * of two parts are not compared: where the claim was granted in another part, both are times of the node's own clock.
     * Nor are two times between which a clock was set or stood still.
     */
    boolean coversSince(long claimedAt, int claimedIn, long grantedMicros) {
        return !over
                && (learnedAt - claimedAt < 0 || sinceMicros == 0 || hadBegun(claimedAt, claimedIn, grantedMicros));
    }

    private boolean hadBegun(long claimedAt, int claimedIn, long grantedMicros) {
        return steadySince - claimedAt <= 0
                && (claimedIn == part ? sinceMicros < grantedMicros : startedBy - claimedAt < 0);
    }
}
