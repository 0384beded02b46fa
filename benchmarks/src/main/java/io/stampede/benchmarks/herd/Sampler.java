package io.stampede.benchmarks.herd;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Looks at the database every few milliseconds while an act is played. */
final class Sampler implements AutoCloseable {

    private static final Duration INTERVAL = Duration.ofMillis(8);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final DatabaseProbe probe;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final List<Sample> samples = new ArrayList<>();
    private final ScheduledFuture<?> looking;

    Sampler(DatabaseProbe probe) throws SQLException {
        this.probe = probe;
        samples.add(probe.look());
        this.looking = executor.scheduleWithFixedDelay(
                this::lookOrFail, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The database at this moment. */
    synchronized Sample look() throws SQLException {
        Sample sample = probe.look();
        samples.add(sample);
        return sample;
    }

    private void lookOrFail() {
        try {
            look();
        } catch (SQLException e) {
            throw new IllegalStateException("The database does not say how many queries there were", e);
        }
    }

    /** All that has been seen, from the beginning to now. */
    synchronized Timeline timeline() throws SQLException, ExecutionException, InterruptedException {
        if (looking.isDone()) {
            // Only a failure ends it.
            looking.get();
        }
        look();
        return new Timeline(samples);
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            // Whoever samples next uses the same connection.
            if (!executor.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("The database has not answered for " + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
