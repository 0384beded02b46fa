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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The line between one node and the server. A request, a reply or the messages can be held without a thread being held
 * with them; the thread that lets them go is the one on which they then arrive.
 */
final class Wire implements RemoteConnection {

    private final RemoteConnection server;
    private final List<Held> requests = new CopyOnWriteArrayList<>();
    private final List<Held> replies = new CopyOnWriteArrayList<>();
    private final List<Runnable> heldMessages = new ArrayList<>();
    private final List<Long> putsNotAfter = new CopyOnWriteArrayList<>();
    private final List<Stored> stored = new CopyOnWriteArrayList<>();
    private final AtomicInteger checks = new AtomicInteger();
    private boolean holdingMessages;
    private volatile boolean cut;
    private volatile boolean cutBus;
    private volatile InvalidationBus.@Nullable Subscriber subscriber;

    Wire(RemoteConnection server) {
        this.server = server;
    }

    /** Something held on its way. Never let go, it is something lost. */
    static final class Held {
        private final String operation;
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CompletableFuture<Void> released = new CompletableFuture<>();

        private Held(String operation) {
            this.operation = operation;
        }

        void awaitReached() {
            try {
                if (!reached.await(20, TimeUnit.SECONDS)) {
                    throw new AssertionError("No " + operation + " has come by");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        boolean isReached() {
            return reached.getCount() == 0;
        }

        void release() {
            released.complete(null);
        }

        /** The connection breaks: what is held never arrives, and the node is told so. */
        void lose() {
            released.completeExceptionally(new IllegalStateException("the connection was lost"));
        }
    }

    /** The next operation of this name will not reach the server before it is let go. */
    Held holdRequest(String operation) {
        Held held = new Held(operation);
        requests.add(held);
        return held;
    }

    /** The next operation of this name will be carried out, but its answer not arrive before it is let go. */
    Held holdReply(String operation) {
        Held held = new Held(operation);
        replies.add(held);
        return held;
    }

    /** From now on every operation fails and every message is lost, without a word to the node. */
    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
    }

    /** As after a reconnect of the bus. */
    void tellUp() {
        cutBus = false;
        java.util.Objects.requireNonNull(subscriber).onUp();
    }

    /** As when the connection of the bus breaks: no message arrives before it is up again. */
    void tellDown() {
        cutBus = true;
        java.util.Objects.requireNonNull(subscriber).onDown();
    }

    /** From now on messages wait. */
    void holdMessages() {
        synchronized (heldMessages) {
            holdingMessages = true;
        }
    }

    /** What waits arrives, in order. */
    void releaseMessages() {
        takeMessages().forEach(Runnable::run);
    }

    /** What waits arrives, the last first. */
    void releaseMessagesInReverse() {
        List<Runnable> all = new ArrayList<>(takeMessages());
        Collections.reverse(all);
        all.forEach(Runnable::run);
    }

    private List<Runnable> takeMessages() {
        synchronized (heldMessages) {
            holdingMessages = false;
            List<Runnable> all = List.copyOf(heldMessages);
            heldMessages.clear();
            return all;
        }
    }

    /** What waits is lost, and messages arrive again. */
    void discardMessages() {
        synchronized (heldMessages) {
            holdingMessages = false;
            heldMessages.clear();
        }
    }

    /** The times after which the server was to refuse the puts of this node. */
    List<Long> putsNotAfter() {
        return putsNotAfter;
    }

    /** The entries that this node has sent. */
    List<Stored> stored() {
        return stored;
    }

    /** How often the node has had its connections checked. */
    int checks() {
        return checks.get();
    }

    private <T extends @Nullable Object> CompletionStage<T> send(
            String operation, Supplier<CompletionStage<T>> action) {
        if (cut) {
            return CompletableFuture.failedFuture(new IllegalStateException("the line is cut"));
        }
        Held request = next(requests, operation);
        if (request == null) {
            return reply(operation, action);
        }
        request.reached.countDown();
        return request.released.thenCompose(go -> reply(operation, action));
    }

    private <T extends @Nullable Object> CompletionStage<T> reply(
            String operation, Supplier<CompletionStage<T>> action) {
        CompletionStage<T> answer = action.get();
        Held reply = next(replies, operation);
        if (reply == null) {
            return answer;
        }
        reply.reached.countDown();
        return reply.released.thenCompose(go -> answer);
    }

    private static @Nullable Held next(List<Held> all, String operation) {
        synchronized (all) {
            for (Held held : all) {
                if (held.operation.equals(operation)) {
                    all.remove(held);
                    return held;
                }
            }
            return null;
        }
    }

    private void arrive(Runnable message) {
        if (cut || cutBus) {
            return;
        }
        synchronized (heldMessages) {
            if (holdingMessages) {
                heldMessages.add(message);
                return;
            }
        }
        message.run();
    }

    @Override
    public void check(long nanos) {
        checks.incrementAndGet();
        server.check(nanos);
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return listening -> {
            subscriber = listening;
            return server.bus(namespace).subscribe(new InvalidationBus.Subscriber() {
                @Override
                public void onMessage(BusMessage message) {
                    arrive(() -> listening.onMessage(message));
                }

                @Override
                public void onUnknownMessage() {
                    arrive(listening::onUnknownMessage);
                }

                @Override
                public void onUp() {
                    arrive(listening::onUp);
                }

                @Override
                public void onDown() {
                    arrive(listening::onDown);
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
                return send("getNearby", () -> tier.getNearby(key));
            }

            @Override
            public CompletionStage<byte @Nullable []> get(String key) {
                return send("get", () -> tier.get(key));
            }

            @Override
            public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
                return send("getAll", () -> tier.getAll(keys));
            }

            @Override
            public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
                return send("claim", () -> tier.claim(key, seen, lease, leaseMillis, force));
            }

            @Override
            public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
                return send("renew", () -> tier.renew(key, lease, leaseMillis));
            }

            @Override
            public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
                stored.add(entry);
                return send("publish", () -> tier.publish(key, lease, entry));
            }

            @Override
            public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
                return send("release", () -> tier.release(key, lease, outcome));
            }

            @Override
            public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
                putsNotAfter.add(notAfterMicros);
                stored.add(entry);
                return send("put", () -> tier.put(key, entry, notAfterMicros));
            }

            @Override
            public CompletionStage<Receipt> invalidate(String key) {
                return send("invalidate", () -> tier.invalidate(key));
            }

            @Override
            public CompletionStage<Receipt> expire(String key) {
                return send("expire", () -> tier.expire(key));
            }

            @Override
            public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
                return send("generation", () -> tier.generation(part, candidate, ttlMillis));
            }

            @Override
            public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
                return send("clear", () -> tier.clear(generation, ttlMillis));
            }

            @Override
            public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
                return send("tag", () -> tier.tag(tag, candidate, ttlMillis));
            }

            @Override
            public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
                return send("invalidateTag", () -> tier.invalidateTag(tag, generation, ttlMillis));
            }

            @Override
            public void close() {
                tier.close();
            }
        };
    }
}
