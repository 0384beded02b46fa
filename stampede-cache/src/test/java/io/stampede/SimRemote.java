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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The network between a node and the store: requests, replies and messages take their time, each kind in order, as on a
 * connection; and any of them can be lost, late or cut off.
 */
final class SimRemote implements RemoteConnection {

    private static final long SHORT = 200_000;
    private static final long LONG = SimWorld.millis(20);

    private final SimWorld world;
    private final SimNode node;
    private final RemoteConnection server;
    private final SimStore store;
    private final SimLoads loads;
    private final SimHistory history;
    private long lastRequest;
    private long lastReply;
    private long lastMessage;
    private boolean cut;

    /** The chance that an operation's request or reply gets lost. */
    double loss;

    SimRemote(
            SimWorld world, SimNode node, RemoteConnection server, SimStore store, SimLoads loads, SimHistory history) {
        this.world = world;
        this.node = node;
        this.server = server;
        this.store = store;
        this.loads = loads;
        this.history = history;
    }

    private InvalidationBus.@Nullable Subscriber subscriber;

    /** Cuts the node off: operations fail after a while or at once, messages are lost. */
    void cut() {
        cut = true;
        deliver(() -> java.util.Objects.requireNonNull(subscriber).onDown());
    }

    void heal() {
        cut = false;
        Map<String, SimFloor> missed = history.executed();
        deliver(() -> {
            java.util.Objects.requireNonNull(subscriber).onUp();
            history.missed(node, missed);
        });
    }

    /**
     * Nothing moves on the way to the store for a while; then everything arrives, in order. Unless the node reconnects
     * half-way: what it sends from then on overtakes what is still on the old connection.
     */
    void stall(long nanos) {
        lastRequest = Math.max(lastRequest, world.now()) + nanos;
        if (world.chance(0.5)) {
            world.in(nanos / 2, () -> lastRequest = world.now());
        }
    }

    private void deliver(Runnable event) {
        lastMessage = Math.max(lastMessage + 1, world.now() + world.delay(SHORT, LONG));
        node.happen(lastMessage, event);
    }

    @Override
    public void check(long nanos) {
        server.check(nanos);
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return listening -> {
            subscriber = listening;
            return server.bus(namespace).subscribe(new InvalidationBus.Subscriber() {
                @Override
                public void onMessage(BusMessage message) {
                    if (!cut) {
                        long version = history.versionBehind(message);
                        deliver(() -> {
                            listening.onMessage(message);
                            history.heard(node, message, version);
                            heardOfLoad(message);
                        });
                    }
                }

                @Override
                public void onUnknownMessage() {
                    deliver(listening::onUnknownMessage);
                }

                @Override
                public void onUp() {
                    deliver(listening::onUp);
                }

                @Override
                public void onDown() {
                    deliver(listening::onDown);
                }
            });
        };
    }

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        RemoteTier tier = server.tier(namespace);
        return new RemoteTier() {
            @Override
            public int parts() {
                return tier.parts();
            }

            @Override
            public int part(String name) {
                return tier.part(name);
            }

            @Override
            public long session(int part) {
                return tier.session(part);
            }

            @Override
            public long nearbyLagNanos() {
                return tier.nearbyLagNanos();
            }

            @Override
            public CompletionStage<byte @Nullable []> getNearby(String key) {
                return send("getNearby", key, () -> tier.getNearby(key));
            }

            @Override
            public CompletionStage<byte @Nullable []> get(String key) {
                return send("get", key, () -> tier.get(key)).thenApply(bytes -> told(key, bytes));
            }

            @Override
            public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
                return send("getAll", keys.toString(), () -> tier.getAll(keys)).thenApply(all -> {
                    for (int i = 0; i < keys.size(); i++) {
                        told(keys.get(i), all.get(i));
                    }
                    return all;
                });
            }

            @Override
            public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
                Entry<SimValue> held = node.held(key);
                Token hadFresh = held != null && held.isFresh(node.nanoTime()) ? held.version() : null;
                return send(
                                "claim",
                                key,
                                () -> tier.claim(key, seen, lease, leaseMillis, force)
                                        .thenApply(answer -> {
                                            store.claimed(node, key, seen, force, hadFresh, answer);
                                            return answer;
                                        }))
                        .thenApply(answer -> {
                            if (answer instanceof Claim.Found found) {
                                told(key, found.bytes());
                            } else if (answer instanceof Claim.Granted) {
                                loads.toldOfGrant(node, key);
                            }
                            return answer;
                        });
            }

            @Override
            public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
                return send("renew", key, () -> tier.renew(key, lease, leaseMillis));
            }

            @Override
            public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
                store.offered(node, key, entry);
                return send(
                                "publish",
                                key,
                                () -> tier.publish(key, lease, entry).thenApply(publication -> {
                                    if (publication == Publication.PUBLISHED) {
                                        store.published(key, entry);
                                    }
                                    return publication;
                                }))
                        .thenApply(publication -> told(entry.version(), publication));
            }

            @Override
            public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
                return send("release", key, () -> tier.release(key, lease, outcome));
            }

            @Override
            public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
                store.offered(node, key, entry);
                long version = history.putVersion(key);
                return send(
                                "put",
                                key,
                                () -> history.writing(
                                        key, version, SimFloor::written, () -> tier.put(key, entry, notAfterMicros)))
                        .thenApply(receipt -> told(entry.version(), receipt));
            }

            @Override
            public CompletionStage<Receipt> invalidate(String key) {
                // A load that finds nothing where there was a value removes it, which is a write as any other.
                history.end(history.begin(key));
                long version = history.oldestVersion(key);
                return send(
                        "invalidate",
                        key,
                        () -> history.writing(key, version, SimFloor::written, () -> tier.invalidate(key)));
            }

            @Override
            public CompletionStage<Receipt> expire(String key) {
                long version = history.oldestVersion(key);
                return send(
                        "expire", key, () -> history.writing(key, version, SimFloor::expired, () -> tier.expire(key)));
            }

            @Override
            public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
                return send("generation", "", () -> tier.generation(part, candidate, ttlMillis));
            }

            @Override
            public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
                history.clearing(generation);
                return send("clear", "", () -> tier.clear(generation, ttlMillis));
            }

            @Override
            public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
                return send(
                        "tag",
                        tag,
                        () -> tier.tag(tag, candidate, ttlMillis).thenApply(generation -> {
                            store.tagIsIn(generation.token());
                            return generation;
                        }));
            }

            @Override
            public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
                Map<String, SimFloor> meaning = history.tagInvalidating(generation);
                return send(
                        "invalidateTag",
                        tag,
                        () -> tier.invalidateTag(tag, generation, ttlMillis).thenApply(receipt -> {
                            store.tagIsIn(generation);
                            history.tagInvalidated(meaning);
                            return receipt;
                        }));
            }

            @Override
            public void close() {
                tier.close();
            }
        };
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

    private void heardOfLoad(BusMessage message) {
        boolean own = message.origin().high() == node.id + 1;
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

    private <T extends @Nullable Object> CompletionStage<T> send(
            String name, String key, Supplier<CompletionStage<T>> operation) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        if (cut) {
            boolean refused = world.chance(0.5); // else the connection just hangs, and the caller gives up
            if (refused) {
                node.happen(
                        world.now() + world.delay(SHORT, LONG),
                        () -> reply.completeExceptionally(new IllegalStateException("not connected")));
            }
            return reply;
        }
        boolean requestLost = world.chance(loss / 2);
        boolean replyLost = world.chance(loss / 2);
        lastRequest = Math.max(lastRequest + 1, world.now() + world.delay(SHORT, LONG));
        world.at(lastRequest, () -> {
            if (requestLost || cut) {
                return;
            }
            CompletionStage<T> done = operation.get();
            done.whenComplete((value, failure) -> history.log(
                    "the store: %s %s of node %d: %s", name, key, node.id, value == null ? failure : value));
            if (replyLost) {
                return;
            }
            lastReply = Math.max(lastReply + 1, world.now() + world.delay(SHORT, LONG));
            node.happen(
                    lastReply,
                    () -> done.whenComplete((value, failure) -> {
                        if (failure == null) {
                            reply.complete(value);
                        } else {
                            reply.completeExceptionally(failure);
                        }
                    }));
        });
        return reply;
    }
}
