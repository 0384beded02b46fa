package io.stampede.spring;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Methods that return a {@code Mono}, a {@code Flux}, or what is like them. Nothing happens before somebody subscribes, the
 * load sees the context of the subscriber who has it run, and who leaves harms nobody. Loaded only where Reactor is.
 */
final class Streams {

    private Streams() {}

    static @Nullable ReactiveAdapter adapter(Class<?> type) {
        return ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
    }

    static Object answer(CachedCall call, Class<?> type) {
        ReactiveAdapter adapter = adapter(type);
        if (adapter == null) {
            throw new IllegalStateException(type + " is not reactive");
        }
        return adapter.fromPublisher(adapter.isMultiValue() ? many(call, adapter) : one(call, adapter));
    }

    private static Publisher<Object> one(CachedCall call, ReactiveAdapter adapter) {
        return Mono.deferContextual(context ->
                Mono.fromFuture(call.later(stream -> future(Mono.from(adapter.toPublisher(stream)), context)), true));
    }

    private static Publisher<Object> many(CachedCall call, ReactiveAdapter adapter) {
        return Flux.deferContextual(context -> Mono.fromFuture(
                        call.later(stream ->
                                future(Flux.from(adapter.toPublisher(stream)).collectList(), context)),
                        true)
                .flatMapIterable(values -> (List<?>) values));
    }

    private static CompletableFuture<@Nullable Object> future(Mono<?> mono, ContextView context) {
        return mono.contextWrite(context).<@Nullable Object>map(value -> value).toFuture();
    }
}
