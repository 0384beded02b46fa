package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CallOptions;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P5 for tags on a real Redis: any number of entries of one tag is invalidated by one script, and no list of them is kept. */
class TagsOnRedisTest {

    private static final int IN_L1 = 1_000;
    private static final int THREADS = 16;
    private static final CallOptions TAGGED = CallOptions.none().tags("catalogue");

    @Test
    void aTagOfTwentyThousandEntriesIsInvalidatedByOneScript() throws Exception {
        assertInvalidatedByOneScript(20_000);
    }

    @Test
    @Tag("long")
    void aTagOfAHundredThousandEntriesIsInvalidatedByOneScript() throws Exception {
        assertInvalidatedByOneScript(100_000);
    }

    private static void assertInvalidatedByOneScript(int entries) throws Exception {
        // Without heartbeats, so that the counts are exact.
        try (ThreeNodes nodes = new ThreeNodes(options -> options.maximumSize(2 * entries)
                .suspectAfter(Duration.ofHours(1))
                .environment(new WithoutHeartbeat(Environment.system("tags"))))) {
            StampedeCache<Integer, String> writer = nodes.node(0);
            StampedeCache<Integer, String> reader = nodes.node(1);
            long keysBefore = nodes.admin.redis().dbsize();
            long writing = System.nanoTime();
            Threads.run(THREADS, thread -> {
                for (int key = thread; key < entries; key += THREADS) {
                    assertThat(writer.put(key, "value", TAGGED)).isEqualTo(WriteResult.EVERYWHERE);
                }
            });
            long written = System.nanoTime();
            assertThat(nodes.admin.redis().dbsize() - keysBefore)
                    .as("keys in Redis: the entries and the tag")
                    .isEqualTo(entries + 1);
            assertThat(present(reader, IN_L1)).isEqualTo(IN_L1);

            nodes.admin.resetStatistics();
            long begun = System.nanoTime();
            assertThat(writer.invalidateByTag("catalogue")).isEqualTo(WriteResult.EVERYWHERE);
            long ended = System.nanoTime();
            Map<String, Integer> commands = new TreeMap<>(nodes.admin.calls());
            commands.keySet().removeIf(name -> name.startsWith("config") || name.equals("info"));
            assertThat(commands).isEqualTo(Map.of("evalsha", 1, "set", 1, "hincrby", 1, "publish", 1, "time", 1));

            assertThat(present(writer, IN_L1))
                    .as("on the node that invalidated")
                    .isZero();
            eventually().until(() -> reader.getIfPresent(0) == null); // the message has come
            long reading = System.nanoTime();
            assertThat(present(reader, entries)).as("on another node").isZero();
            System.out.printf(
                    "%,d entries of one tag, put in %d ms, are invalidated in %.1f ms by %s; another node refuses "
                            + "all %,d of them (%d ms)%n",
                    entries,
                    (written - writing) / 1_000_000,
                    (ended - begun) / 1e6,
                    commands,
                    entries,
                    (System.nanoTime() - reading) / 1_000_000);
            assertThat(nodes.admin.redis().dbsize() - keysBefore)
                    .as("nothing is deleted, and nothing added")
                    .isEqualTo(entries + 1);

            assertThat(reader.get(7, key -> "new", TAGGED)).isEqualTo("new");
            eventually().until(() -> "new".equals(nodes.node(2).getIfPresent(7)));
            assertThat(writer.getIfPresent(7)).isEqualTo("new");
        }
    }

    private static int present(StampedeCache<Integer, String> node, int keys) throws Exception {
        AtomicInteger present = new AtomicInteger();
        Threads.run(THREADS, thread -> {
            for (int key = thread; key < keys; key += THREADS) {
                if (node.getIfPresent(key) != null) {
                    present.incrementAndGet();
                }
            }
        });
        return present.get();
    }
}
