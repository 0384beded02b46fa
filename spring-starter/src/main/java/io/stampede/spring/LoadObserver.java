package io.stampede.spring;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;

/**
 * Has loads observed, as parts of what their callers are doing. Both methods are called on the caller's thread, before it
 * is known whether there will be a load.
 *
 * <p>Thread-safe.
 */
interface LoadObserver {

    /** Observes nothing. */
    LoadObserver NONE = new LoadObserver() {
        @Override
        public <T> Callable<T> observed(String cache, Callable<T> load) {
            return load;
        }

        @Override
        public <T> Callable<CompletionStage<T>> observedLater(String cache, Callable<CompletionStage<T>> load) {
            return load;
        }
    };

    /** The same load, observed from its call to its return, on whatever thread it is called. */
    <T> Callable<T> observed(String cache, Callable<T> load);

    /** The same load, observed from its call until what it returns completes. */
    <T> Callable<CompletionStage<T>> observedLater(String cache, Callable<CompletionStage<T>> load);
}
