package io.stampede.benchmarks.herd;

import java.time.Duration;
import java.util.List;

/** What is played, in order. */
final class Acts {

    private static final Duration FAULT = Duration.ofSeconds(5);
    private static final Duration KILLED_FOR = Duration.ofSeconds(2);
    private static final double SLOW_BY = 10;
    private static final int WRITES_A_SECOND = 200;

    static final List<Act> ALL = List.of(
            new ColdKey(),
            expiry(),
            together(),
            new ColdStart(),
            storm(),
            redisHangs(),
            redisIsKilled(),
            databaseFails(),
            databaseIsSlow());

    private Acts() {}

    private static Act expiry() {
        return Paced.calm(
                "expiry",
                "A hot key expires again and again",
                "A cache that lets the key expire makes all its readers wait, or all of them load.",
                new Conditions(Duration.ofSeconds(1), Duration.ofMillis(100)),
                1,
                Duration.ofSeconds(12));
    }

    private static Act together() {
        return Paced.calm(
                        "together",
                        "2,000 keys written together expire together",
                        "What was written at one moment ends at one moment, unless something spreads it.",
                        new Conditions(Duration.ofSeconds(4), Duration.ofMillis(20)).withJitter(0.5),
                        2_000,
                        Duration.ofSeconds(13))
                .loadedAtOneMoment();
    }

    private static Act storm() {
        return Paced.calm(
                        "storm",
                        "An invalidation storm",
                        WRITES_A_SECOND
                                + " times a second a key is changed in the database and then invalidated, on one"
                                + " of the nodes. A read is stale if it begins more than " + Seen.STALE_MILLIS
                                + " ms after such an invalidation has returned and gets what was there before.",
                        new Conditions(Duration.ofSeconds(5), Duration.ofMillis(20)),
                        200,
                        Duration.ofSeconds(10))
                .withWrites(WRITES_A_SECOND);
    }

    private static Paced faulty(String id, String title, String what) {
        Conditions conditions = new Conditions(Duration.ofSeconds(2), Duration.ofMillis(20))
                .withStaleOnError(Duration.ofSeconds(30))
                .withRemoteTimeout(Duration.ofMillis(100));
        return Paced.calm(id, title, what, conditions, 200, Duration.ofSeconds(12));
    }

    private static Act redisHangs() {
        return faulty(
                        "redis-hangs",
                        "Redis hangs",
                        "After %s Redis stops answering for %s, with all its connections open.")
                .broken(stage -> stage.redis("hang"), FAULT, stage -> stage.redis("resume"));
    }

    private static Act redisIsKilled() {
        return faulty(
                        "redis-killed",
                        "Redis is killed and restarted",
                        "After %s Redis is killed; %s later it is back, empty.")
                .broken(stage -> stage.redis("kill"), KILLED_FOR, stage -> stage.redis("restart"));
    }

    private static Act databaseFails() {
        return faulty("source-fails", "The database fails", "After %s each query ends in an error at once, for %s.")
                .broken(
                        stage -> stage.source().failing(),
                        FAULT,
                        stage -> stage.source().wellAgain());
    }

    private static Act databaseIsSlow() {
        return faulty("source-slow", "The database is slow", "After %s each query takes ten times as long, for %s.")
                .broken(
                        stage -> stage.source().slowBy(SLOW_BY),
                        FAULT,
                        stage -> stage.source().wellAgain());
    }
}
