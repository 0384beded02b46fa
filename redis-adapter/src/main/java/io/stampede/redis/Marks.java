package io.stampede.redis;

import io.stampede.spi.Token;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What one zone knows of the others for a cache: which of them have missed something that a node has yet to tell them.
 * While there is such a mark, nobody who sees it trusts that zone.
 *
 * <p>Implementations are thread-safe. Trouble is a failed stage.
 */
interface Marks {

    /** Reads the marks, and the time. */
    CompletionStage<Seen> look();

    /** Says that a zone owes what this node has to tell it; to be repeated as long as that is so. */
    CompletionStage<?> mark(String zone, long ttlMillis);

    /** Takes this node's mark of a zone away. */
    CompletionStage<?> unmark(String zone);

    /** Takes anybody's mark away, unless it has been renewed since it was seen; whether it went. */
    CompletionStage<Boolean> remove(Mark mark);

    /**
     * Brings the cache to the generation that it has in another zone; not if that zone owes something, as far as is known
     * here, nor if the generation here is not the one that was seen any more.
     */
    CompletionStage<Boolean> adopt(Token seen, Token next, String from, long ttlMillis);

    /** As {@link #adopt}, for a tag. */
    CompletionStage<Boolean> adoptTag(String tag, Token seen, Token next, String from, long ttlMillis);

    /**
     * A mark.
     *
     * @param node who has something to tell
     * @param zone the zone that is to be told
     * @param sinceMicros when the node has said so last, by the clock of the zone where the mark is
     */
    record Mark(Token node, String zone, long sinceMicros) {}

    /**
     * The marks at one moment.
     *
     * @param serverMicros the zone's clock, in microseconds since the epoch
     */
    record Seen(long serverMicros, List<Mark> marks) {}
}
