package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spring.ahead.Library;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

/** An application whose context was made ready when it was built starts from that, and caches as ever. */
class AheadOfTimeTest {

    private static final List<String> ANSWERS = List.of(
            "title 1",
            "green 2",
            "7:1 3",
            "lent 4", // loaded
            "title 1",
            "green 2",
            "7:1 3",
            "lent 4", // cached
            "7:1 5",
            "No book has so many"); // after its tag, and instead of a failure

    @TempDir
    Path directory;

    @Test
    void itSharesWhatItCachesByRedis() throws Exception {
        ProcessedApplication processed = ProcessedApplication.of(
                Library.class, directory, "--stampede.redis.uri=redis://known.only.when.it.runs");
        try (RedisServer redis = RedisServer.startEmbedded();
                ProcessedApplication.Running running = processed.start("--stampede.redis.uri=" + redis.uri())) {
            assertThat(running.ask("hasReadItsConfiguration")).isEqualTo(false);
            assertThat(running.ask("answers")).isEqualTo(ANSWERS);
            for (String cache : List.of("book", "books", "page", "lent")) {
                await().untilAsserted(() -> assertThat(redis.command(
                                "EVAL", "return #redis.call('KEYS', ARGV[1])", "0", "stampede:1:" + cache + ":*"))
                        .as("keys of %s", cache)
                        .isNotEqualTo(0L));
            }
        }
    }

    @Tag("long") // dear, and it differs from the other by what it leaves out
    @Test
    void itStartsWithoutRedis() throws Exception {
        try (ProcessedApplication.Running running =
                ProcessedApplication.of(Library.class, directory).start()) {
            assertThat(running.ask("answers")).isEqualTo(ANSWERS);
        }
    }

    @Test
    void aRedisThatIsNamedOnlyWhenItRunsIsAMistakeAndNotOverlooked() {
        RedisProperties properties = new RedisProperties();
        properties.setUri("redis://localhost");
        assertThatThrownBy(() -> new RedisConfiguration.Nowhere(properties, new MockEnvironment()))
                .hasMessageStartingWith(
                        "stampede.redis.uri: it was not set when the application was processed ahead of");
        MockEnvironment spring = new MockEnvironment().withProperty("spring.data.redis.host", "localhost");
        assertThatThrownBy(() -> new RedisConfiguration.Nowhere(new RedisProperties(), spring))
                .hasMessageStartingWith("spring.data.redis.*: it was not set");
    }
}
