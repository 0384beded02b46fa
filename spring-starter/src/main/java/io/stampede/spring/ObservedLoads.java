package io.stampede.spring;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Each load is an observation {@code stampede.load} with the key value {@code cache}, and its parent is what the caller
 * was observed doing, also where the load runs on another thread or goes on after the caller has been served a stale
 * value. What the remote tier is asked is told when it is over, when no observation can be begun any more: it is counted
 * and timed, in {@code stampede.remote}.
 */
final class ObservedLoads implements LoadObserver {

    static final String NAME = "stampede.load";

    private final Supplier<ObservationRegistry> registry;

    ObservedLoads(Supplier<ObservationRegistry> registry) {
        this.registry = registry;
    }

    @Override
    public <T> Callable<T> observed(String cache, Callable<T> load) {
        Supplier<Observation> next = observations(cache);
        return () -> next.get().observeChecked(load::call);
    }

    @Override
    public <T> Callable<CompletionStage<T>> observedLater(String cache, Callable<CompletionStage<T>> load) {
        Supplier<Observation> next = observations(cache);
        return () -> {
            Observation observation = next.get().start();
            try {
                CompletionStage<T> stage = observation.scopedChecked(load::call);
                stage.whenComplete((value, failure) -> end(observation, failure));
                return stage; // itself: to cancel one that follows it would not stop what it waits for
            } catch (Throwable e) {
                observation.stop(); // it knows of the failure already
                throw e;
            }
        };
    }

    private static void end(Observation observation, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            observation.error(cause == null ? failure : cause);
        }
        observation.stop();
    }

    /** One for each load; their parent is the one that this thread is in by now. */
    private Supplier<Observation> observations(String cache) {
        ObservationRegistry itsRegistry = registry.get();
        Observation parent = itsRegistry.getCurrentObservation();
        return () -> Observation.createNotStarted(NAME, itsRegistry)
                .contextualName("load " + cache)
                .lowCardinalityKeyValue("cache", cache)
                .parentObservation(parent);
    }
}
