package io.stampede.redis;

import static org.awaitility.Awaitility.await;

import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** What the adapter's tests have in common. */
final class Samples {

    static final long MINUTE_MILLIS = 60_000;

    private Samples() {}

    static Token token() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new Token(random.nextLong() | 1, random.nextLong());
    }

    static RemoteNamespace namespace() {
        return new RemoteNamespace("test-" + token(), token());
    }

    /** An entry without a schema that lives for a minute. */
    static Stored entry() {
        return entry(0);
    }

    /** An envelope of eight bytes that is fresh for ever. */
    static Stored entry(long schema) {
        Token version = token();
        byte[] bytes = new byte[82 + 8];
        ByteBuffer.wrap(bytes)
                .put((byte) 2)
                .put(version.toBytes())
                .putLong(Long.MAX_VALUE)
                .putLong(Long.MAX_VALUE)
                .putLong(66, schema)
                .putInt(78, 8);
        return new Stored(version, bytes, System.currentTimeMillis() + MINUTE_MILLIS);
    }

    static <T extends @Nullable Object> T done(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | InterruptedException | TimeoutException e) {
            throw new AssertionError("The operation did not succeed", e);
        }
    }

    /** What a stage failed with. */
    static Throwable failure(CompletionStage<?> stage) {
        Throwable thrown =
                ThrowableAssert.catchThrowable(() -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        if (!(thrown instanceof ExecutionException)) {
            throw new AssertionError("The operation should have failed", thrown);
        }
        return thrown.getCause();
    }

    static boolean works(RemoteTier tier) {
        return tier.get("any")
                .handle((bytes, failure) -> failure == null)
                .toCompletableFuture()
                .join();
    }

    /** Whether something becomes true, however long it takes within reason. */
    static boolean becomes(Callable<Boolean> condition) {
        try {
            eventually().until(condition);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    static ConditionFactory eventually() {
        return await().atMost(Duration.ofSeconds(20)).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10));
    }
}
