package io.stampede;

import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.Token;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node has heard all that the bus has told of one part of the cache: each message has the number after the
 * one before, and L2 says which was the last. A gap shows with the next message; that the last one was lost shows only
 * when L2 is asked.
 *
 * <p>Thread-safe.
 */
final class PartHearing {

    private static final long UNKNOWN = -1;

    /** Whether this part's generation stands for nothing but its memory: the first one's is moved by each clear. */
    private final boolean tokenIsMemory;

    private boolean listening;

    /** The number of the last message heard since the bus is up. */
    private long last = UNKNOWN;

    /** What L2 counted at a moment from which on this node is answerable for what it hears. */
    private long base = UNKNOWN;

    /** Which server has answered last of those that tell; empty if none has. */
    private String server = "";

    /** What it has called its memory. */
    private Token memory = Token.NONE;

    /** How many times it had to begin anew to know of all: what was asked before is no proof of what came after. */
    private long beginnings;

    /** What L2 has said last, if not all of it had been heard by then. */
    private @Nullable Question pending;

    private long pendingSequence;

    PartHearing(boolean tokenIsMemory) {
        this.tokenIsMemory = tokenIsMemory;
    }

    /**
     * L2 is being asked how far it has counted.
     *
     * @param proof what is given once all up to there is heard
     * @param known what this node had heard of by then, {@link #UNKNOWN} if it can't be compared with an answer
     * @param beginning in which unbroken stretch of messages
     */
    record Question(Proof proof, long known, long beginning) {}

    /** What is to be made of an answer, the worst last. */
    enum Finding {
        /** Nothing. */
        NONE,
        /** Some of what L2 has told has not been heard yet: to be settled a little later. */
        PENDING,
        /** From here on nothing is missed unnoticed; what came before can't be known. */
        BEGUN,
        /** Messages were lost. */
        MISSED,
        /** It is another server that answers, or one that has lost its memory: what it has told in between is not known. */
        OTHER_MEMORY
    }

    synchronized void up() {
        listening = true;
        begin(UNKNOWN);
    }

    synchronized void down() {
        listening = false;
        pending = null;
    }

    synchronized boolean isListening() {
        return listening;
    }

    /** Whether what is heard is being compared with what was told. */
    synchronized boolean hasBegun() {
        return listening && base != UNKNOWN;
    }

    /** Whether the next answer of L2 is what it will be compared with. */
    synchronized boolean isToBegin() {
        return listening && base == UNKNOWN;
    }

    /** A message came in; false if others have not, or out of order. */
    synchronized boolean heard(long sequence) {
        boolean inOrder = last == UNKNOWN ? base == UNKNOWN || sequence <= base + 1 : sequence == last + 1;
        last = sequence;
        if (!inOrder) {
            beginnings++;
        }
        return inOrder;
    }

    synchronized Question ask(Proof proof) {
        return new Question(proof, base == UNKNOWN ? UNKNOWN : known(), beginnings);
    }

    synchronized Finding answered(Question question, Generation answer) {
        boolean sameMemory = isSameMemory(answer);
        long sequence = answer.sequence();
        if (!sameMemory) {
            begin(listening ? sequence : UNKNOWN);
            return Finding.OTHER_MEMORY;
        }
        if (!listening) {
            return Finding.NONE;
        }
        if (question.known == UNKNOWN) {
            boolean aheadOfIt = last >= sequence;
            long heardSince = last;
            begin(sequence);
            last = aheadOfIt ? heardSince : UNKNOWN;
            return Finding.BEGUN;
        }
        if (sequence < question.known) {
            begin(sequence);
            return Finding.OTHER_MEMORY;
        }
        if (known() >= sequence) {
            pending = null;
            prove(question);
        } else {
            pending = question;
            pendingSequence = sequence;
            return Finding.PENDING;
        }
        return Finding.NONE;
    }

    private boolean isSameMemory(Generation answer) {
        boolean sameServer = server.isEmpty() || answer.server().isEmpty() || server.equals(answer.server());
        boolean sameToken = !tokenIsMemory || memory.equals(Token.NONE) || memory.equals(answer.token());
        server = answer.server().isEmpty() ? server : answer.server();
        memory = answer.token();
        return sameServer && sameToken;
    }

    /** Some time has passed: what was still on its way when L2 answered has come by now, or is lost. */
    @SuppressWarnings("ReferenceEquality") // this very question, unless a later one has taken its place
    synchronized Finding settle(Question question) {
        if (pending != question) {
            return Finding.NONE;
        }
        pending = null;
        if (known() >= pendingSequence) {
            prove(question);
            return Finding.NONE;
        }
        begin(pendingSequence);
        return Finding.MISSED;
    }

    private void prove(Question question) {
        if (question.beginning == beginnings) {
            question.proof.given();
        }
    }

    private long known() {
        return Math.max(last, base);
    }

    private void begin(long sequence) {
        last = UNKNOWN;
        base = sequence;
        pending = null;
        beginnings++;
    }
}
