package io.stampede.benchmarks.herd;

/** One kind of load or trouble that every contender has to bear. */
interface Act {

    /** Its name on the command line and in the data. */
    String id();

    String title();

    /** What happens, for people. */
    String story(Options options);

    Conditions conditions();

    /** Whether something breaks in it, so that more is asked of the source than expires. */
    boolean hasFault();

    /** Before the figures begin, from a cache that holds nothing. */
    void prepare(Stage stage) throws Exception;

    /** What the figures are of. */
    void play(Stage stage) throws Exception;
}
