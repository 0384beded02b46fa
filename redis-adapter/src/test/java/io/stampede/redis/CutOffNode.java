package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.Codec;
import io.stampede.Result;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.FaultProxy;
import io.stampede.redis.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** A node that writes, one behind a network of its own that misses the write and is read all the time, and the source. */
final class CutOffNode implements AutoCloseable {

    static final Duration SUSPECT_AFTER = Duration.ofMillis(600);
    private static final int READERS = 2;
    private static final Duration PACE = Duration.ofMillis(1);
    private static final int KEY = 1;
    private static final int OTHER_KEY = 2;

    private final RedisServer server = RedisServer.start();
    private final FaultProxy network = FaultProxy.to(server);
    private final RedisTier writerTier = RedisTier.connect(server.uri());
    private final RedisTier readerTier = RedisTier.connect(network.uri());
    private final StampedeCache<Integer, String> writer = cache(writerTier);
    private final StampedeCache<Integer, String> reader = cache(readerTier);
    private volatile int source;
    private int toDrop;

    /** Why the node does not hear of a write. */
    enum Missing {
        NOTHING("control: hears of it") {
            @Override
            void begin(CutOffNode nodes) {}
        },
        SILENT_CONNECTIONS("its connections fall silent, others would work") {
            @Override
            void begin(CutOffNode nodes) {
                nodes.network.silenceOpen();
            }
        },
        BLACK_HOLE("nothing comes through for three times suspectAfter") {
            @Override
            void begin(CutOffNode nodes) {
                nodes.network.swallow();
            }

            @Override
            void end(CutOffNode nodes) throws InterruptedException {
                Threads.spend(SUSPECT_AFTER.multipliedBy(3).toMillis());
                nodes.network.pass();
            }
        },
        ONE_MESSAGE("one message is lost, another follows") {
            @Override
            void begin(CutOffNode nodes) {
                nodes.dropNextMessage();
            }

            @Override
            void end(CutOffNode nodes) throws InterruptedException {
                nodes.awaitDropped();
                Threads.spend(SUSPECT_AFTER.toMillis() / 20);
                nodes.writer.put(OTHER_KEY, "any");
            }
        },
        LAST_MESSAGE("the last message is lost") {
            @Override
            void begin(CutOffNode nodes) {
                nodes.dropNextMessage();
            }

            @Override
            void end(CutOffNode nodes) {
                nodes.awaitDropped();
            }
        };

        private final String text;

        Missing(String text) {
            this.text = text;
        }

        abstract void begin(CutOffNode nodes);

        void end(CutOffNode nodes) throws InterruptedException {}

        @Override
        public String toString() {
            return text;
        }
    }

    private static StampedeCache<Integer, String> cache(RedisTier tier) {
        return StampedeCache.<Integer, String>builder("cut-off")
                .ttl(Duration.ofMinutes(10))
                .suspectAfter(SUSPECT_AFTER)
                .remote(tier, Codec.strings())
                .build();
    }

    /** The node has a value in L1, beyond doubt, when another one writes: by a put or by an invalidation. */
    Round play(Missing missing, boolean put) throws Exception {
        int old = source;
        eventually().until(() -> isFreshInL1(read(reader)));
        Observation seen = new Observation(old);
        Threads.run(1 + READERS, thread -> {
            if (thread > 0) {
                seen.readOn(() -> read(reader));
                return;
            }
            try {
                missing.begin(this);
                source = old + 1;
                WriteResult written = put ? writer.put(KEY, Integer.toString(old + 1)) : writer.invalidate(KEY);
                seen.writtenAt = System.nanoTime();
                assertThat(written).isEqualTo(WriteResult.EVERYWHERE);
                missing.end(this);
                eventually().until(() -> isFreshInL1(read(reader)));
                seen.normalAt = System.nanoTime();
                eventually().until(() -> System.nanoTime() - seen.writtenAt > SUSPECT_AFTER.toNanos() * 3 / 2);
            } finally {
                seen.over = true;
            }
        });
        network.pass();
        return seen.round();
    }

    private Result<String> read(StampedeCache<Integer, String> node) {
        return node.getResult(KEY, key -> Integer.toString(source));
    }

    private boolean isFreshInL1(Result<String> read) {
        return read.source() == Source.L1 && Integer.toString(source).equals(read.value());
    }

    private void awaitDropped() {
        eventually().until(() -> network.droppedMessages() == toDrop);
    }

    private void dropNextMessage() {
        toDrop = network.droppedMessages() + 1;
        network.dropMessages(1);
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
        writerTier.close();
        readerTier.close();
        network.close();
        server.close();
    }

    private record Read(long begun, Source source, int value) {}

    /** What the readers of the cut-off node get in a round. */
    private static final class Observation {

        final int old;
        final Queue<Read> reads = new ConcurrentLinkedQueue<>();
        volatile boolean over;
        volatile long writtenAt;
        volatile long normalAt;

        Observation(int old) {
            this.old = old;
        }

        void readOn(Supplier<Result<String>> reading) {
            while (!over) {
                long begun = System.nanoTime();
                Result<String> read = reading.get();
                reads.add(new Read(begun, read.source(), Integer.parseInt(read.value())));
                LockSupport.parkNanos(PACE.toNanos());
            }
        }

        Round round() {
            Map<Source, Long> sources = reads.stream()
                    .filter(read -> read.begun - writtenAt > 0)
                    .collect(Collectors.groupingBy(Read::source, TreeMap::new, Collectors.counting()));
            List<Read> oldAsFresh = reads.stream()
                    .filter(read -> read.value <= old && read.source != Source.SUSPECT && read.begun - writtenAt > 0)
                    .toList();
            List<Read> late = oldAsFresh.stream()
                    .filter(read -> read.begun - writtenAt > SUSPECT_AFTER.toNanos())
                    .toList();
            long last = oldAsFresh.stream()
                    .mapToLong(read -> read.begun - writtenAt)
                    .max()
                    .orElse(0);
            return new Round(late, last, normalAt - writtenAt, sources);
        }
    }

    /**
     * How one write has reached the node that did not hear of it; times in nanoseconds after the write's return.
     *
     * @param lateAndOld reads that should not have got what they got
     * @param lastOld when the last read began that got the older value as a fresh one; 0 if none did
     * @param normalAt when the newer value was in L1
     * @param sources how many of the reads that began later came from where
     */
    record Round(List<?> lateAndOld, long lastOld, long normalAt, Map<Source, Long> sources) {

        static void print(Missing missing, List<Round> rounds) {
            Map<Source, Long> sources = new TreeMap<>();
            rounds.forEach(round -> round.sources.forEach((source, reads) -> sources.merge(source, reads, Long::sum)));
            System.out.printf(
                    Locale.ROOT,
                    "A write that a node does not hear of, suspectAfter %d ms, %d rounds, %s: called fresh until %s "
                            + "after the write, the newer value in L1 after %s; reads %s%n",
                    SUSPECT_AFTER.toMillis(),
                    rounds.size(),
                    missing,
                    millis(rounds, Round::lastOld),
                    millis(rounds, Round::normalAt),
                    sources);
        }

        private static String millis(List<Round> rounds, ToLongFunction<Round> nanos) {
            long[] sorted = rounds.stream().mapToLong(nanos).sorted().toArray();
            return String.format(
                    Locale.ROOT,
                    "%.0f ms (%.0f to %.0f)",
                    sorted[sorted.length / 2] / 1e6,
                    sorted[0] / 1e6,
                    sorted[sorted.length - 1] / 1e6);
        }
    }
}
