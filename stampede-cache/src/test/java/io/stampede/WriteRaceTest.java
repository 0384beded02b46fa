package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * P5, P6, KNOWN-BUGS 1, 2, 3, 6, 41 and interleavings 3, 5, 7, 14: a read is held at each step between its question to L2
 * and its write of L1, while each kind of write runs on the same node or on another one. Afterwards the old value is
 * nowhere. {@link TeethTest} runs this class against copies of the code that are broken on purpose.
 */
class WriteRaceTest {

    private static final String KEY = "key";
    private static final String OLD = "old";
    private static final String NEW = "new";

    private final TestCluster cluster = new TestCluster();
    private final TestCluster.Node a = cluster.node();
    private final TestCluster.Node b = cluster.node();

    /** What holds the read that was started. */
    private record Held(Runnable awaitReached, Runnable release) {
        static Held of(Hold hold) {
            return new Held(hold::awaitReached, hold::release);
        }

        static Held of(Wire.Held held) {
            return new Held(held::awaitReached, held::release);
        }
    }

    /** Where the read on node A is held. */
    enum Step {
        GET_ANSWERED {
            @Override
            Held prepare(WriteRaceTest test) {
                test.b.cache.put(KEY, OLD);
                return Held.of(test.a.wire.holdReply("get"));
            }
        },
        READ_NOT_YET_IN_L1 {
            @Override
            Held prepare(WriteRaceTest test) {
                test.b.cache.put(KEY, OLD);
                return Held.of(test.a.machine.holdBeforeStep(MissFlight.class, "settle"));
            }
        },
        CLAIM_FOUND_THE_VALUE {
            @Override
            Held prepare(WriteRaceTest test) {
                Wire.Held get = test.a.wire.holdReply("get");
                Wire.Held claim = test.a.wire.holdReply("claim");
                return new Held(
                        () -> {
                            get.awaitReached();
                            // A's messages are late, so that it claims without having heard of this put.
                            test.a.wire.holdMessages();
                            test.b.cache.put(KEY, OLD);
                            get.release();
                            claim.awaitReached();
                            test.a.wire.discardMessages();
                        },
                        claim::release);
            }
        },
        CLAIM_GRANTED {
            @Override
            Held prepare(WriteRaceTest test) {
                return Held.of(test.a.wire.holdReply("claim"));
            }
        },
        LOADER_RUNNING {
            @Override
            Held prepare(WriteRaceTest test) {
                Hold hold = new Hold();
                test.inLoader = hold;
                return Held.of(hold);
            }
        },
        PUBLISH_NOT_YET_SENT {
            @Override
            Held prepare(WriteRaceTest test) {
                return Held.of(test.a.wire.holdRequest("publish"));
            }
        },
        PUBLISH_ANSWERED {
            @Override
            Held prepare(WriteRaceTest test) {
                return Held.of(test.a.wire.holdReply("publish"));
            }
        },
        PUBLISHED_NOT_YET_IN_L1 {
            @Override
            Held prepare(WriteRaceTest test) {
                return Held.of(test.a.machine.holdBeforeStep(MissFlight.class, "land"));
            }
        };

        abstract Held prepare(WriteRaceTest test);
    }

    enum Kind {
        PUT,
        INVALIDATE,
        EXPIRE,
        CLEAR;

        WriteResult on(StampedeCache<String, String> cache) {
            return switch (this) {
                case PUT -> cache.put(KEY, NEW);
                case INVALIDATE -> cache.invalidate(KEY);
                case EXPIRE -> cache.expire(KEY);
                case CLEAR -> cache.clear();
            };
        }
    }

    enum Writer {
        SAME_NODE,
        OTHER_NODE
    }

    private @Nullable Hold inLoader;

    static Stream<Arguments> everyCase() {
        List<Arguments> all = new ArrayList<>();
        for (Step step : Step.values()) {
            for (Kind kind : Kind.values()) {
                for (Writer writer : Writer.values()) {
                    all.add(Arguments.of(step, kind, writer));
                }
            }
        }
        return all.stream();
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @ParameterizedTest
    @MethodSource("everyCase")
    void noOldValueSurvives(Step step, Kind kind, Writer writer) {
        cluster.source = OLD;
        Held held = step.prepare(this);
        Threads.Call<String> read = cluster.threads.start(() -> a.cache.get(KEY, this::load));
        held.awaitReached.run();
        cluster.time.pass(Duration.ofMillis(1));

        cluster.source = NEW;
        assertThat(kind.on(writer == Writer.SAME_NODE ? a.cache : b.cache)).isEqualTo(WriteResult.EVERYWHERE);
        // Reads that begin now may not get the old value, however the held one goes on.
        assertThat(a.local(KEY)).as("L1 of A, before the read goes on").isNotEqualTo(OLD);
        assertThat(b.local(KEY)).as("L1 of B, before the read goes on").isNotEqualTo(OLD);

        cluster.time.pass(Duration.ofMillis(1));
        held.release.run();
        assertThat(read.value()).isIn(OLD, NEW); // it began before the write
        a.awaitRest();
        b.awaitRest();

        assertThat(a.local(KEY)).as("L1 of A").isNotEqualTo(OLD);
        assertThat(b.local(KEY)).as("L1 of B").isNotEqualTo(OLD);
        String remote = cluster.remote(KEY);
        if (kind == Kind.PUT) {
            assertThat(remote).as("L2 after the put").isEqualTo(NEW);
        } else {
            assertThat(remote).as("L2").isNotEqualTo(OLD);
        }
        assertThat(laterRead(a)).as("a later read on A").isEqualTo(NEW);
        assertThat(laterRead(b)).as("a later read on B").isEqualTo(NEW);
    }

    private @Nullable String laterRead(TestCluster.Node node) {
        return cluster.threads.start(() -> node.cache.get(KEY)).value();
    }

    private @Nullable String load(String key) throws InterruptedException {
        String value = cluster.source;
        Hold hold = inLoader;
        if (hold != null) {
            hold.arriveInterruptibly();
        }
        return value;
    }
}
