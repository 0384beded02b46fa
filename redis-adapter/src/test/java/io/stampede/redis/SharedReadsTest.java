package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedReadsTest {

    /** A Redis that answers when it is told to. */
    private static final class Held implements RedisCommands {

        private final List<Command> sent = new ArrayList<>();
        private boolean broken;

        /** A command and what completes it. */
        private record Command(List<String> keys, Runnable answer, CompletableFuture<?> reply) {

            void fail() {
                reply.completeExceptionally(new IllegalStateException("lost"));
            }
        }

        @Override
        public CompletionStage<byte @Nullable []> get(byte[] key) {
            CompletableFuture<byte @Nullable []> reply = new CompletableFuture<>();
            add(new Command(List.of(text(key)), () -> reply.complete(valueOf(key)), reply));
            return reply;
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> getAll(byte[][] keys) {
            CompletableFuture<List<byte @Nullable []>> reply = new CompletableFuture<>();
            List<byte @Nullable []> values = new ArrayList<>();
            List<String> names = new ArrayList<>();
            for (byte[] key : keys) {
                names.add(text(key));
                values.add(valueOf(key));
            }
            add(new Command(names, () -> reply.complete(values), reply));
            return reply;
        }

        private void add(Command command) {
            if (broken) {
                throw new IllegalStateException("broken");
            }
            sent.add(command);
        }

        @Override
        public CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... args) {
            throw new UnsupportedOperationException("only reads");
        }

        @Override
        public long session(byte[] prefix) {
            return 0;
        }

        private Command last() {
            return sent.get(sent.size() - 1);
        }
    }

    private final Held redis = new Held();
    private final SharedReads reads = new SharedReads(redis);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Keys that begin with "no" have none. */
    private static byte @Nullable [] valueOf(byte[] key) {
        return text(key).startsWith("no") ? null : bytes("value of " + text(key));
    }

    private CompletableFuture<byte @Nullable []> read(String key) {
        return reads.get(bytes(key)).toCompletableFuture();
    }

    private List<CompletableFuture<byte @Nullable []>> read(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> read("key" + i)).toList();
    }

    private static void assertAnswered(List<CompletableFuture<byte @Nullable []>> answers, int from) {
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i)).isCompleted();
            assertThat(answers.get(i).join()).isEqualTo(bytes("value of key" + (from + i)));
        }
    }

    @Test
    void aFewAreSentAtOnceEachForItself() {
        var answers = read(0, SharedReads.MOST_UNDER_WAY);
        assertThat(redis.sent).hasSize(SharedReads.MOST_UNDER_WAY);
        redis.sent.forEach(command -> command.answer.run());
        assertAnswered(answers, 0);
        read("again");
        assertThat(redis.last().keys).containsExactly("again");
    }

    @Test
    void thoseThatComeWhileManyAreUnderWayGoTogetherWithTheNextAnswer() {
        var first = read(0, SharedReads.MOST_UNDER_WAY);
        var then = read(100, 103);
        var missing = read("nothing");
        assertThat(redis.sent).hasSize(SharedReads.MOST_UNDER_WAY);
        redis.sent.get(3).answer.run();
        assertThat(first.get(3)).isCompleted();
        assertThat(redis.sent).hasSize(SharedReads.MOST_UNDER_WAY + 1);
        assertThat(redis.last().keys).containsExactly("key100", "key101", "key102", "nothing");
        assertThat(then).noneMatch(CompletableFuture::isDone);
        redis.last().answer.run();
        assertAnswered(then, 100);
        assertThat(missing).isCompletedWithValue(null);
    }

    @Test
    void noMoreThanSoManyGoTogetherAndEveryOneGoes() {
        read(0, SharedReads.MOST_UNDER_WAY);
        var then = read(100, 100 + 2 * SharedReads.MOST_TOGETHER + 1);
        for (int i = 0; i < redis.sent.size(); i++) {
            redis.sent.get(i).answer.run();
        }
        assertAnswered(then, 100);
        assertThat(redis.sent.stream().skip(SharedReads.MOST_UNDER_WAY).map(command -> command.keys.size()))
                .containsExactly(SharedReads.MOST_TOGETHER, SharedReads.MOST_TOGETHER, 1);
    }

    @Test
    void aCommandThatFailsFailsItsReadsAndMakesRoomForTheNext() {
        read(0, SharedReads.MOST_UNDER_WAY);
        var then = read(100, 102);
        redis.sent.get(0).fail();
        var later = read(200, 201);
        redis.last().fail();
        assertThat(then).allMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(redis.last().keys).containsExactly("key200");
        redis.last().answer.run();
        assertAnswered(later, 200);
    }

    @Test
    void aClientThatThrowsKeepsNobodyWaiting() {
        read(0, SharedReads.MOST_UNDER_WAY);
        var then = read(100, 102);
        redis.broken = true;
        redis.sent.get(0).answer.run();
        assertThat(then).allMatch(CompletableFuture::isCompletedExceptionally);
        redis.broken = false;
        var later = read(200, 201);
        assertThat(redis.last().keys).containsExactly("key200");
        redis.last().answer.run();
        assertAnswered(later, 200);
    }
}
