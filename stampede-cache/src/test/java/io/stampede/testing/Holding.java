package io.stampede.testing;

import io.stampede.spi.Token;
import org.jspecify.annotations.Nullable;

/**
 * What a server keeps of one key or tag, and of the part of the cache that it lies in, at one moment: for a test that
 * compares the double with a real store. What has come to its end may still be there or not; see {@link #living}. Times
 * in microseconds of the server's clock.
 *
 * @param nowMicros what that clock says
 * @param entry all that is under the key, those of all schemas
 * @param lease the key's lease
 * @param tag the generation of the tag of that name
 * @param state the state of the part
 */
public record Holding(
        long nowMicros,
        @Nullable Entry entry,
        @Nullable Mark lease,
        @Nullable Mark tag,
        @Nullable State state) {

    /** Bytes that end. */
    @SuppressWarnings("ArrayRecordComponent") // a carrier, compared by whoever knows how
    public record Entry(byte[] bytes, long endsAtMicros) {}

    /**
     * A token that ends.
     *
     * @param sinceMicros of a tag's generation, when it began; 0 where that is not known, or it is no tag's
     */
    public record Mark(Token token, long sinceMicros, long endsAtMicros) {}

    /**
     * A part's memory.
     *
     * @param generation null while it is lost
     * @param messages the number of the last message
     */
    public record State(@Nullable Token generation, long messages, long endsAtMicros) {}

    /** Without what has come to its end. */
    public Holding living() {
        return new Holding(
                nowMicros,
                entry == null || entry.endsAtMicros <= nowMicros ? null : entry,
                living(lease),
                living(tag),
                state == null || state.endsAtMicros <= nowMicros ? null : state);
    }

    private @Nullable Mark living(@Nullable Mark mark) {
        return mark == null || mark.endsAtMicros <= nowMicros ? null : mark;
    }
}
