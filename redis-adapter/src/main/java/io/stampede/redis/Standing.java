package io.stampede.redis;

/** How far a node goes with a zone; in rising order. */
enum Standing {
    /** Nothing is sent there but questions and what it has missed. */
    AWAY,
    /**
     * It answers again, and what this node writes to single keys goes there, too, so that it misses nothing more of that.
     * It is not read yet: this node or another has still something to tell it.
     */
    TOLD,
    /** It has missed nothing, as far as is known. */
    TRUSTED
}
