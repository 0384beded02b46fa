package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link WriteRaceTest} can fail: where a fence of the protocol is taken out, it does so each time. */
class TeethTest {

    private static final int TIMES = 10;
    private static final String FLIGHT = "src/main/java/io/stampede/MissFlight.java";
    private static final String DOUBLE = "src/test/java/io/stampede/testing/InMemoryTier.java";

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "publish without a look at the lease",
                        DOUBLE,
                        "if (!lease.equals(store.lease(slot(key)))) {",
                        "if (false) {"),
                Arguments.of(
                        "a loaded value into L1, whatever has overtaken its flight",
                        FLIGHT,
                        "if (isAttached(slot)) { if (usable) { local().write(key, Objects.requireNonNull(entry)); }"
                                + " else if (accepted) {",
                        "if (usable) { local().write(key, Objects.requireNonNull(entry)); }"
                                + " if (isAttached(slot)) { if (accepted && !usable) {"),
                Arguments.of(
                        "a value read from L2 into L1, whatever has overtaken its flight",
                        FLIGHT,
                        "if (isAttached(slot)) { local().write(key, entry); slot.current = null; flights.loads",
                        "local().write(key, entry); if (isAttached(slot)) { slot.current = null; flights.loads"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void theRacesFindTheMistakeEachTime(String mistake, String source, String right, String wrong) throws Exception {
        BrokenCopy broken = BrokenCopy.of(source, right, wrong);
        for (int time = 1; time <= TIMES; time++) {
            assertThat(broken.failuresOf(WriteRaceTest.class))
                    .as("failures in run %d with: %s", time, mistake)
                    .isPositive();
        }
    }

    /** The same way round without a mistake: it is not the way round that fails. */
    @Test
    void withoutAMistakeTheRacesPass() throws Exception {
        String same = "private enum Phase {";
        assertThat(BrokenCopy.of(FLIGHT, same, same).failuresOf(WriteRaceTest.class))
                .isZero();
    }
}
