package io.stampede.metrics;

import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A timer for each operation of the remote tier, from its first use on: a cache without a remote tier has none of them.
 */
final class RemoteTimers {

    /** Whatever else may come is one series, so that their number has a bound. */
    static final String OTHER = "other";

    static final Set<String> OPERATIONS = Set.of(
            "get",
            "getAll",
            "claim",
            "renew",
            "publish",
            "release",
            "put",
            "invalidate",
            "expire",
            "generation",
            "clear",
            "tag",
            "invalidateTag");

    private final Meters meters;
    private final Map<String, Timer> answered = new ConcurrentHashMap<>();
    private final Map<String, Timer> unanswered = new ConcurrentHashMap<>();

    RemoteTimers(Meters meters) {
        this.meters = meters;
    }

    void record(String operation, long nanos, boolean isAnswered) {
        (isAnswered ? answered : unanswered)
                .computeIfAbsent(OPERATIONS.contains(operation) ? operation : OTHER, name -> timer(name, isAnswered))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer timer(String operation, boolean isAnswered) {
        return meters.timer(
                "stampede.remote",
                "How long operations of the remote tier took",
                "operation",
                operation,
                "answered",
                Boolean.toString(isAnswered));
    }
}
