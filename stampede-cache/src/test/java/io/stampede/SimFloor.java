package io.stampede;

/**
 * The oldest versions of the source that a read may still show, after the writes that are known where it is made.
 *
 * @param fresh of a value that is served as fresh
 * @param stale of one that is served stale: an expiry leaves the value to those who take a stale one
 * @param tagged of one that carries the tag
 */
record SimFloor(long fresh, long stale, long tagged) {

    static final SimFloor NONE = new SimFloor(0, 0, 0);

    /** After a put, an invalidation or a clear. */
    static SimFloor written(long version) {
        return new SimFloor(version, version, 0);
    }

    static SimFloor expired(long version) {
        return new SimFloor(version, 0, 0);
    }

    static SimFloor tagInvalidated(long version) {
        return new SimFloor(0, 0, version);
    }

    SimFloor and(SimFloor other) {
        return new SimFloor(Math.max(fresh, other.fresh), Math.max(stale, other.stale), Math.max(tagged, other.tagged));
    }

    /** Of it what is left when times of expiry are in the future again, for a clock was set back. */
    SimFloor withoutExpiries() {
        return new SimFloor(stale, stale, tagged);
    }

    /** What both of them are sure of. */
    SimFloor least(SimFloor other) {
        return new SimFloor(Math.min(fresh, other.fresh), Math.min(stale, other.stale), Math.min(tagged, other.tagged));
    }

    long of(boolean isStale, boolean isTagged) {
        return Math.max(isStale ? stale : fresh, isTagged ? tagged : 0);
    }
}
