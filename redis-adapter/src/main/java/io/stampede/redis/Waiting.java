package io.stampede.redis;

import static java.lang.System.Logger.Level.DEBUG;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The bounded waits of opening and closing. Neither fails: what has not happened by then goes on by itself. */
final class Waiting {

    private static final System.Logger LOG = System.getLogger(Waiting.class.getName());

    private Waiting() {}

    static void upTo(long millis, CompletionStage<?> stage) {
        try {
            stage.toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.log(DEBUG, () -> "Not done after " + millis + " ms, going on without it");
        } catch (ExecutionException e) {
            LOG.log(DEBUG, "Ended with a failure, going on without it", e);
        }
    }
}
