package io.stampede;

import io.stampede.spi.BusMessage;
import io.stampede.spi.Claim;
import io.stampede.spi.InvalidationBus;
import io.stampede.spi.LoadOutcome;
import io.stampede.spi.RemoteConnection;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Stored;
import io.stampede.spi.Token;
import io.stampede.testing.DelegatingRemoteTier;
import io.stampede.testing.DelegatingSubscriber;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Looks on at a server of a simulated cluster, where nothing is late or lost: what it is asked, does and tells. */
final class SimServerSide implements RemoteConnection {

    private final RemoteConnection server;
    private final SimStore.Server asSeen;
    private final SimStore store;
    private final SimHistory history;

    SimServerSide(RemoteConnection server, SimStore.Server asSeen, SimStore store, SimHistory history) {
        this.server = server;
        this.asSeen = asSeen;
        this.store = store;
        this.history = history;
    }

    @Override
    public void check(long nanos) {
        server.check(nanos);
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return subscriber -> server.bus(namespace).subscribe(new DelegatingSubscriber(subscriber) {
            @Override
            public void onMessage(BusMessage message) {
                history.told(message);
                super.onMessage(message);
            }
        });
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new Tier(server.tier(namespace), SimNode.idOf(namespace.node()));
    }

    private final class Tier extends DelegatingRemoteTier {
        private final int node;

        private Tier(RemoteTier tier, int node) {
            super(tier);
            this.node = node;
        }

        private <T extends @Nullable Object> CompletionStage<T> log(String name, String key, CompletionStage<T> done) {
            return done.whenComplete((value, failure) -> history.log(
                    "server %d: %s %s of node %d: %s",
                    asSeen.number(), name, key, node, value == null ? failure : value));
        }

        private SimHistory.Place place(String keyOrTag) {
            return asSeen.place(part(keyOrTag));
        }

        @Override
        public CompletionStage<byte @Nullable []> get(String key) {
            return log("get", key, super.get(key));
        }

        @Override
        public CompletionStage<byte @Nullable []> getNearby(String key) {
            return log("getNearby", key, super.getNearby(key));
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
            return log("getAll", keys.toString(), super.getAll(keys));
        }

        @Override
        public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
            return log("claim", key, super.claim(key, seen, lease, leaseMillis, force))
                    .thenApply(answer -> {
                        store.claimed(asSeen, node, key, seen, lease, force, answer);
                        return answer;
                    });
        }

        @Override
        public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
            return log("renew", key, super.renew(key, lease, leaseMillis));
        }

        @Override
        public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
            return log("publish", key, super.publish(key, lease, entry)).thenApply(publication -> {
                if (publication == Publication.PUBLISHED) {
                    store.published(key, entry);
                }
                return publication;
            });
        }

        @Override
        public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
            return log("release", key, super.release(key, lease, outcome));
        }

        @Override
        public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
            SimFloor meaning = SimFloor.written(history.versionPut(entry.version()));
            return log(
                    "put", key, history.writing(place(key), key, meaning, () -> super.put(key, entry, notAfterMicros)));
        }

        @Override
        public CompletionStage<Receipt> invalidate(String key) {
            SimFloor meaning = SimFloor.written(history.oldestVersion(key));
            return log("invalidate", key, history.writing(place(key), key, meaning, () -> super.invalidate(key)));
        }

        @Override
        public CompletionStage<Receipt> expire(String key) {
            SimFloor meaning = SimFloor.expired(history.oldestVersion(key));
            return log("expire", key, history.writing(place(key), key, meaning, () -> super.expire(key)));
        }

        @Override
        public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
            return log("generation", "", super.generation(part, candidate, ttlMillis));
        }

        @Override
        public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
            return log("clear", "", super.clear(generation, ttlMillis));
        }

        @Override
        public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
            return log("tag", tag, super.tag(tag, candidate, ttlMillis)).thenApply(generation -> {
                asSeen.tagIsIn(generation.token());
                return generation;
            });
        }

        @Override
        public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
            Map<String, SimFloor> meaning = history.tagInvalidating(generation);
            return log("invalidateTag", tag, super.invalidateTag(tag, generation, ttlMillis))
                    .thenApply(receipt -> {
                        asSeen.tagIsIn(generation);
                        history.tagInvalidated(place(tag), meaning);
                        return receipt;
                    });
        }
    }
}
