package io.stampede.benchmarks.chaos;

import java.time.Duration;
import java.util.Locale;

/** Something that goes wrong. The enums that implement it say what. */
interface Fault {

    /** The enum's constant. */
    String name();

    /** What it is, for people. */
    String title();

    /** Whether it lasts until it is ended, or happens and is over. Of the latter what is left is tidied up later. */
    default boolean lasts() {
        return true;
    }

    /**
     * For how long after a write's return other nodes may be given the older value as fresh, by what the documents say.
     *
     * @param suspectAfter of the caches
     * @param length how long this one lasts
     */
    default Duration bound(Duration suspectAfter, Duration length) {
        return suspectAfter;
    }

    /**
     * How long it lasts, for as long as a fault usually does.
     *
     * @param usual what the person who runs the drill has said
     */
    default Duration length(Duration usual) {
        return usual;
    }

    /** Whether loads fail or are slow, so that callers may hear of it by the rules of P11. */
    default boolean ofTheSource() {
        return false;
    }

    /** What people type. */
    default String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
