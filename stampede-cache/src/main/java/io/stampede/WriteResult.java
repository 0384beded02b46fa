package io.stampede;

/** How far a write has come when its call returns. */
public enum WriteResult {

    /** The write has taken effect on this node and in the remote tier, and the other nodes are being told. */
    EVERYWHERE,

    /**
     * The write has taken effect on this node, but the remote tier could not be reached. That the key has changed is
     * remembered and will be told as soon as it is back; a value that was put is not sent again, the other nodes will
     * load theirs. Until then the other nodes may serve what they had, no longer than its ttl.
     */
    QUEUED
}
