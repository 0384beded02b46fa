package io.stampede.redis;

import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import io.stampede.testing.InMemoryRemote;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Zones of the double, whose clocks can be set. */
final class InMemoryZones {

    private InMemoryZones() {}

    static Zone zone(String name, InMemoryRemote remote) {
        Map<String, Long> marks = new ConcurrentHashMap<>();
        return new Zone(name, remote, namespace -> new InMemoryMarks(remote, namespace, marks));
    }

    /** Marks that nobody but this process sees. */
    private record InMemoryMarks(InMemoryRemote remote, RemoteNamespace namespace, Map<String, Long> marks)
            implements Marks {

        private RemoteTier tier() {
            return remote.tier(namespace);
        }

        @Override
        public CompletionStage<Seen> look() {
            // A reply that tells the time and touches nothing.
            RemoteTier clock = remote.tier(new RemoteNamespace(namespace.cache() + "-clock", namespace.node()));
            return clock.generation(0, Samples.token(), Samples.MINUTE_MILLIS)
                    .thenApply(answer -> new Seen(answer.serverMicros(), List.of()));
        }

        @Override
        public CompletionStage<?> mark(String zone, long ttlMillis) {
            marks.put(zone + namespace.node(), 0L);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<?> unmark(String zone) {
            marks.remove(zone + namespace.node());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Boolean> remove(Mark mark) {
            return CompletableFuture.completedFuture(false);
        }

        @Override
        public CompletionStage<Boolean> adopt(Token seen, Token next, String from, long ttlMillis) {
            return tier().clear(next, ttlMillis).thenApply(receipt -> true);
        }

        @Override
        public CompletionStage<Boolean> adoptTag(String tag, Token seen, Token next, String from, long ttlMillis) {
            return tier().invalidateTag(tag, next, ttlMillis).thenApply(receipt -> true);
        }
    }
}
