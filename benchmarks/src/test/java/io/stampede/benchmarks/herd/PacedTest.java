package io.stampede.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PacedTest {

    @Test
    void theStoryTellsWhenSomethingBreaksAndForHowLong() {
        assertThat(story("redis-hangs")).contains("After 3.00 s").contains("for 5.00 s");
        assertThat(story("redis-hangs", "--quick")).contains("After 1.20 s").contains("for 2.00 s");
    }

    @Test
    void everyActTellsWhatHappensAndLastsNoLongerThanFifteenSeconds() {
        assertThat(Acts.ALL).allSatisfy(act -> {
            assertThat(act.story(Options.parse())).doesNotContain("%").endsWith(".");
            if (act instanceof Paced paced) {
                assertThat(paced.lasts()).isLessThan(Duration.ofSeconds(15));
            }
        });
    }

    private static String story(String id, String... options) {
        return Acts.ALL.stream()
                .filter(act -> act.id().equals(id))
                .findFirst()
                .orElseThrow()
                .story(Options.parse(options));
    }
}
