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
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Looks on where a node of a simulated cluster meets the network: what it sends, and what reaches it. */
final class SimNodeSide implements RemoteConnection {

    private final RemoteConnection network;
    private final SimNode node;
    private final SimStore store;
    private final SimLoads loads;
    private final SimHistory history;

    SimNodeSide(RemoteConnection network, SimNode node, SimStore store, SimLoads loads, SimHistory history) {
        this.network = network;
        this.node = node;
        this.store = store;
        this.loads = loads;
        this.history = history;
    }

    @Override
    public void check(long nanos) {
        network.check(nanos);
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return subscriber -> network.bus(namespace).subscribe(new DelegatingSubscriber(subscriber) {
            @Override
            public void onMessage(BusMessage message) {
                super.onMessage(message);
                history.heard(node, store.partOf(message), message);
                heardOfLoad(message);
            }
        });
    }

    private void heardOfLoad(BusMessage message) {
        boolean own = SimNode.idOf(message.origin()) == node.id;
        switch (message.kind()) {
            case PUT, PUBLISHED -> {
                if (!own) {
                    loads.recovered(node, message.key());
                }
            }
            case RELEASED -> {
                if (!own && message.outcome() == LoadOutcome.Kind.FAILED) {
                    loads.heardOfFailure(node, message.key());
                }
                history.check(
                        !LoadRejectedException.class.getName().equals(message.detail()),
                        "P4: a load of %s that has not begun counts as one that has failed",
                        message.key());
            }
            default -> {
                // says nothing about loads
            }
        }
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new Tier(network.tier(namespace));
    }

    private final class Tier extends DelegatingRemoteTier {

        private Tier(RemoteTier tier) {
            super(tier);
        }

        @Override
        public CompletionStage<byte @Nullable []> get(String key) {
            return super.get(key).thenApply(bytes -> told(key, bytes));
        }

        @Override
        public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
            return super.getAll(keys).thenApply(all -> {
                for (int i = 0; i < keys.size(); i++) {
                    told(keys.get(i), all.get(i));
                }
                return all;
            });
        }

        @Override
        public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
            store.claiming(node, key, lease);
            return super.claim(key, seen, lease, leaseMillis, force).thenApply(answer -> {
                if (answer instanceof Claim.Found found) {
                    told(key, found.bytes());
                } else if (answer instanceof Claim.Granted) {
                    loads.toldOfGrant(node, key);
                }
                return answer;
            });
        }

        @Override
        public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
            store.offered(node, key, entry);
            return super.publish(key, lease, entry).thenApply(publication -> told(entry.version(), publication));
        }

        @Override
        public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
            store.offered(node, key, entry);
            history.putting(key, entry.version());
            return super.put(key, entry, notAfterMicros).thenApply(receipt -> told(entry.version(), receipt));
        }

        @Override
        public CompletionStage<Receipt> invalidate(String key) {
            // A load that finds nothing where there was a value removes it, which is a write as any other.
            history.end(history.begin(key));
            return super.invalidate(key);
        }

        @Override
        public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
            history.clearing(generation);
            return super.clear(generation, ttlMillis);
        }

        @Override
        public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
            history.tagInvalidating(generation);
            return super.invalidateTag(tag, generation, ttlMillis);
        }

        /** The store has told the node of an entry, which may be a value again after a failure. */
        private byte @Nullable [] told(String key, byte @Nullable [] bytes) {
            if (bytes != null) {
                loads.recovered(node, key);
                store.told(node, Envelope.decode(bytes).version());
            }
            return bytes;
        }

        private <T> T told(Token version, T reply) {
            store.told(node, version);
            return reply;
        }
    }
}
