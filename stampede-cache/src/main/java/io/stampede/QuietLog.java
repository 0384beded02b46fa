package io.stampede;

import io.stampede.spi.Environment;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Warnings of one kind, of which a storm becomes a line now and then that says how many there were.
 *
 * <p>Thread-safe.
 */
final class QuietLog {

    private static final long PAUSE_NANOS = 10_000_000_000L;

    private final System.Logger logger;
    private final Environment environment;
    private final AtomicLong nextAt;
    private final AtomicLong suppressed = new AtomicLong();

    QuietLog(Class<?> where, Environment environment) {
        this.logger = System.getLogger(where.getName());
        this.environment = environment;
        this.nextAt = new AtomicLong(environment.nanoTime());
    }

    void warn(Supplier<String> message, @Nullable Throwable cause) {
        long now = environment.nanoTime();
        long next = nextAt.get();
        if (now - next < 0 || !nextAt.compareAndSet(next, now + PAUSE_NANOS)) {
            suppressed.incrementAndGet();
            return;
        }
        long more = suppressed.getAndSet(0);
        logger.log(
                System.Logger.Level.WARNING,
                () -> message.get() + (more == 0 ? "" : " (and " + more + " more like this since the last such line)"),
                cause);
    }
}
