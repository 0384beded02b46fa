package io.stampede.redis;

import static io.stampede.redis.Samples.MINUTE_MILLIS;
import static io.stampede.redis.Samples.done;
import static io.stampede.redis.Samples.entry;
import static io.stampede.redis.Samples.eventually;
import static io.stampede.redis.Samples.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * P12: a zone that comes back is read again though no node stops to write, so that there is never a moment in which nobody
 * has just written; and nothing is read there that it has missed.
 */
@Tag("topology")
class ZoneComesBackUnderWritesTest {

    private static final List<String> NODES = List.of("a", "a", "b");
    private static final int KEYS = 20;

    private final TwoZones zones = new TwoZones();
    private final List<RemoteTier> nodes =
            NODES.stream().map(zone -> zones.tier(zones.in(zone))).toList();
    private final List<Writer> writers = new ArrayList<>();
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    @AfterEach
    void close() throws Exception {
        end();
        zones.close();
    }

    private void end() throws InterruptedException {
        ended = true;
        for (Writer writer : writers) {
            writer.thread.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "b"})
    void itIsReadAgainWhileAllNodesWriteKeys(String lost) throws Exception {
        nodes.forEach(node -> eventually().until(() -> reads(node, "a") || reads(node, "b")));
        IntStream.range(0, NODES.size()).forEach(i -> writers.add(new Writer(nodes.get(i), "node " + i + " key ")));
        awaitMore();
        zones.server(lost).pause();
        awaitMore();
        zones.server(lost).resume();
        int inZone = NODES.indexOf(lost);
        eventually().until(() -> reads(nodes.get(inZone), lost));
        awaitMore();
        assertThat(errors).isEmpty();
        end();
        zones.server(lost.equals("a") ? "b" : "a").kill();
        eventually().until(() -> reads(nodes.get(inZone), lost));
        for (Writer writer : writers) {
            writer.last.forEach((key, entry) -> {
                byte[] found = done(nodes.get(inZone).get(key));
                assertThat(found == null
                                || Arrays.equals(
                                        found, 0, RemoteTier.STAMP_BYTES, entry.bytes(), 0, RemoteTier.STAMP_BYTES))
                        .as("nothing or the last: %s", key)
                        .isTrue();
            });
        }
    }

    /** A tag's invalidation comes to that zone after it has been carried out in the others, and no later than at once. */
    @Test
    void itIsReadAgainWhileTagsAreInvalidated() {
        nodes.forEach(node -> eventually().until(() -> reads(node, "a") || reads(node, "b")));
        zones.b.pause();
        invalidateTag();
        zones.b.resume();
        eventually().pollInterval(Duration.ofMillis(100)).until(() -> {
            boolean isBack = reads(nodes.get(2), "b");
            invalidateTag();
            return isBack;
        });
    }

    private void invalidateTag() {
        nodes.forEach(node -> done(node.invalidateTag("tag", token(), MINUTE_MILLIS)));
    }

    private static boolean reads(RemoteTier tier, String zone) {
        return tier.generation(0, token(), MINUTE_MILLIS)
                .handle((answer, failure) -> failure == null && answer.server().startsWith(zone + "/"))
                .toCompletableFuture()
                .join();
    }

    private void awaitMore() {
        for (Writer writer : writers) {
            long before = writer.writes;
            eventually().until(() -> writer.writes > before + KEYS || !errors.isEmpty());
        }
    }

    /** Puts and invalidates keys of its own without a pause. */
    private final class Writer {

        private final RemoteTier node;
        private final String prefix;
        private final Map<String, Stored> last = new ConcurrentHashMap<>();
        private final Thread thread;
        private volatile long writes;

        Writer(RemoteTier node, String prefix) {
            this.node = node;
            this.prefix = prefix;
            this.thread = new Thread(this::run, prefix);
            thread.start();
        }

        private void run() {
            try {
                for (long i = 0; !ended; i++) {
                    Stored entry = entry();
                    String key = prefix + i % KEYS;
                    done(node.put(key, entry, Long.MAX_VALUE));
                    last.put(key, entry);
                    done(node.invalidate(prefix + "other"));
                    writes = i;
                }
            } catch (RuntimeException | Error e) {
                errors.add(e);
            }
        }
    }
}
