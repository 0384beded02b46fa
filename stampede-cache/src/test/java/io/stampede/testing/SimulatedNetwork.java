package io.stampede.testing;

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The network between one node and the servers: requests, replies and messages take their time, each kind in order, as on
 * a connection; and any of them can be lost, late, doubled or cut off. It knows which server answers for which part, and
 * can be led to another.
 *
 * <p>A request that gets nowhere has no answer at all, or is refused. Not thread-safe: one thread drives a simulation.
 */
public final class SimulatedNetwork implements RemoteConnection {

    private static final long SHORT = 200_000;
    private static final long LONG = Simulation.millis(20);
    private static final int NEVER = 0;
    private static final int TWICE = 1;

    private static final long LOST = -1;

    private final Simulation simulation;
    private final SimulatedNode node;
    private final Line[] lines;
    private final List<Listening> listening = new ArrayList<>();
    private boolean cut;
    private double loss;
    private double disorder;
    private Supplier<Runnable> whenBack = () -> () -> {};
    private BiConsumer<Integer, BusMessage> whenLost = (part, message) -> {};

    /**
     * A network that works.
     *
     * @param simulation where it is
     * @param node who asks
     * @param server who answers, for all parts
     * @param parts how many parts there are
     */
    public SimulatedNetwork(Simulation simulation, SimulatedNode node, SimulatedServer server, int parts) {
        this.simulation = simulation;
        this.node = node;
        this.lines = new Line[parts];
        Arrays.setAll(lines, part -> new Line(server));
    }

    /** The way to the server of a part. */
    private final class Line {
        private SimulatedServer server;
        private long sessions;
        private long lastRequest;
        private long lastReply;
        private long lastMessage;

        private Line(SimulatedServer server) {
            this.server = server;
        }

        private long nextRequest() {
            return lastRequest = Math.max(lastRequest + 1, simulation.now() + simulation.delay(SHORT, LONG));
        }

        private long nextReply() {
            return lastReply = Math.max(lastReply + 1, simulation.now() + simulation.delay(SHORT, LONG));
        }

        private long nextMessage() {
            return lastMessage = Math.max(lastMessage + 1, simulation.now() + simulation.delay(SHORT, LONG));
        }
    }

    // ---- faults -------------------------------------------------------------------------------------------------

    /**
     * From now on some requests or replies get lost on their way.
     *
     * @param probability the share of the operations that this happens to
     */
    public void lose(double probability) {
        loss = probability;
    }

    /**
     * From now on some messages come twice, late or never, though no connection breaks, and some requests arrive twice, of those that
     * clients may repeat.
     *
     * @param probability the share that this happens to
     */
    public void disorder(double probability) {
        disorder = probability;
    }

    /** Cuts the node off: operations fail after a while or have no answer, messages are lost. */
    public void cut() {
        cut = true;
        listening.forEach(each -> each.tell(each.subscriber::onDown));
    }

    /** The node can reach the servers again; its bus says so. */
    public void heal() {
        cut = false;
        comeBack();
    }

    /**
     * Nothing moves on the way to the servers for a while; then everything arrives, in order. Unless the node reconnects
     * half-way: what it sends from then on overtakes what is still on the old connection.
     *
     * @param nanos how long
     */
    public void stall(long nanos) {
        boolean reconnects = simulation.chance(0.5);
        for (Line line : lines) {
            line.lastRequest = Math.max(line.lastRequest, simulation.now()) + nanos;
            if (reconnects) {
                simulation.in(nanos / 2, () -> line.lastRequest = simulation.now());
            }
        }
    }

    /** The bus notices that a server is gone. */
    public void loseBus() {
        if (!cut) {
            listening.forEach(each -> each.tell(each.subscriber::onDown));
        }
    }

    /**
     * From now on another server answers for a part; what is under way to the one before is lost, or carried out there.
     *
     * @param part the part
     * @param server who answers
     */
    public void lead(int part, SimulatedServer server) {
        loseBus();
        lines[part].server = server;
        lines[part].sessions++;
        listening.forEach(each -> each.hear(server));
        if (!cut) {
            comeBack();
        }
    }

    /**
     * For who must know what a node has missed.
     *
     * @param watcher asked when the node can reach the servers again; what it returns is run when the bus has said so
     */
    public void whenBack(Supplier<Runnable> watcher) {
        whenBack = watcher;
    }

    /**
     * For who must know what a node has not been told, though its connections did not break.
     *
     * @param watcher told of the part and the message
     */
    public void whenLost(BiConsumer<Integer, BusMessage> watcher) {
        whenLost = watcher;
    }

    private void comeBack() {
        Runnable then = whenBack.get();
        for (Listening each : listening) {
            each.tell(each.subscriber::onUp);
            each.tell(then);
        }
    }

    /**
     * Who answers for a part.
     *
     * @param part the part
     * @return the server that this node is led to
     */
    public SimulatedServer server(int part) {
        return lines[part].server;
    }

    private boolean isDown(SimulatedServer server, int part) {
        return cut || server.isDead(part);
    }

    // ---- messages -----------------------------------------------------------------------------------------------

    @Override
    public void check(long nanos) {
        // what is half open comes back by itself
    }

    @Override
    public InvalidationBus bus(RemoteNamespace namespace) {
        return subscriber -> {
            Listening begun = new Listening(namespace, subscriber);
            listening.add(begun);
            for (Line line : lines) {
                begun.hear(line.server);
            }
            if (!cut) {
                begun.tell(subscriber::onUp);
            }
            return begun;
        };
    }

    /** A subscription, which hears each part's messages from the server that answers for it. */
    private final class Listening implements InvalidationBus.Subscription {
        private final RemoteNamespace namespace;
        private final InvalidationBus.Subscriber subscriber;
        private final Map<SimulatedServer, InvalidationBus.Subscription> heard = new HashMap<>();

        private Listening(RemoteNamespace namespace, InvalidationBus.Subscriber subscriber) {
            this.namespace = namespace;
            this.subscriber = subscriber;
        }

        private void hear(SimulatedServer server) {
            if (!heard.containsKey(server)) {
                heard.put(server, server.connection().bus(namespace).subscribe(from(server)));
            }
        }

        private InvalidationBus.Subscriber from(SimulatedServer server) {
            return new InvalidationBus.Subscriber() {
                @Override
                public void onMessage(BusMessage message) {
                    int part = message.kind() == BusMessage.Kind.CLEARED
                            ? 0
                            : server.memory().partOf(message.key());
                    arrive(server, part, message, () -> subscriber.onMessage(message));
                }

                @Override
                public void onUnknownMessage() {
                    arrive(server, 0, null, subscriber::onUnknownMessage);
                }

                @Override
                public void onUp() {
                    // whether the node hears a server is for this network to say
                }

                @Override
                public void onDown() {
                    // as above
                }
            };
        }

        private void arrive(SimulatedServer server, int part, @Nullable BusMessage lost, Runnable content) {
            if (cut || lines[part].server != server) {
                return;
            }
            Runnable message = () -> {
                if (lines[part].server == server) { // else the connection is closed
                    content.run();
                }
            };
            if (simulation.chance(disorder)) {
                int kind = simulation.random().nextInt(3);
                if (kind == NEVER) {
                    if (lost != null) {
                        whenLost.accept(part, lost);
                    }
                } else {
                    node.happen(simulation.now() + simulation.delay(LONG, 4 * LONG), message);
                }
                if (kind != TWICE) {
                    return;
                }
            }
            node.happen(lines[part].nextMessage(), message);
        }

        /** What is known of the whole connection comes after all messages before it. */
        private void tell(Runnable event) {
            long last = 0;
            for (Line line : lines) {
                last = Math.max(last, line.nextMessage());
            }
            for (Line line : lines) {
                line.lastMessage = last;
            }
            node.happen(last, event);
        }

        @Override
        public void close() {
            heard.values().forEach(InvalidationBus.Subscription::close);
            listening.remove(this);
        }
    }

    // ---- operations ---------------------------------------------------------------------------------------------

    @Override
    public RemoteTier tier(RemoteNamespace namespace) {
        return new Tier(namespace);
    }

    private final class Tier implements RemoteTier {
        private final RemoteNamespace namespace;
        private final Map<SimulatedServer, RemoteTier> tiers = new HashMap<>();

        private Tier(RemoteNamespace namespace) {
            this.namespace = namespace;
        }

        private RemoteTier on(SimulatedServer server) {
            return tiers.computeIfAbsent(server, each -> each.connection().tier(namespace));
        }

        @Override
        public int parts() {
            return lines.length;
        }

        @Override
        public int part(String name) {
            return on(lines[0].server).part(name);
        }

        @Override
        public long session(int part) {
            Line line = lines[part];
            return line.sessions * 1_000 + on(line.server).session(part);
        }

        @Override
        public long nearbyLagNanos() {
            return on(lines[0].server).nearbyLagNanos();
        }

        @Override
        public CompletionStage<byte @Nullable []> getNearby(String key) {
            return sendAgain(part(key), tier -> tier.getNearby(key));
        }

        @Override
        public CompletionStage<byte @Nullable []> get(String key) {
            return sendAgain(part(key), tier -> tier.get(key));
        }

        /** To each server that answers for one of the keys. */
        @Override
        public CompletionStage<List<byte @Nullable []>> getAll(List<String> keys) {
            Set<SimulatedServer> asked = new LinkedHashSet<>();
            keys.forEach(key -> asked.add(lines[part(key)].server));
            CompletionStage<List<byte @Nullable []>> all =
                    CompletableFuture.completedFuture(Arrays.asList(new byte[keys.size()][]));
            for (SimulatedServer server : asked) {
                List<Integer> places = new ArrayList<>();
                for (int i = 0; i < keys.size(); i++) {
                    if (lines[part(keys.get(i))].server == server) {
                        places.add(i);
                    }
                }
                List<String> some = places.stream().map(keys::get).toList();
                all = all.thenCombine(sendAgain(part(some.get(0)), tier -> tier.getAll(some)), (found, more) -> {
                    for (int i = 0; i < places.size(); i++) {
                        found.set(places.get(i), more.get(i));
                    }
                    return found;
                });
            }
            return all;
        }

        @Override
        public CompletionStage<Claim> claim(String key, byte[] seen, Token lease, long leaseMillis, boolean force) {
            return sendAgain(part(key), tier -> tier.claim(key, seen, lease, leaseMillis, force));
        }

        @Override
        public CompletionStage<Boolean> renew(String key, Token lease, long leaseMillis) {
            return sendAgain(part(key), tier -> tier.renew(key, lease, leaseMillis));
        }

        @Override
        public CompletionStage<Publication> publish(String key, Token lease, Stored entry) {
            return sendAgain(part(key), tier -> tier.publish(key, lease, entry));
        }

        @Override
        public CompletionStage<Void> release(String key, Token lease, LoadOutcome outcome) {
            return sendAgain(part(key), tier -> tier.release(key, lease, outcome));
        }

        @Override
        public CompletionStage<Receipt> put(String key, Stored entry, long notAfterMicros) {
            return send(part(key), tier -> tier.put(key, entry, notAfterMicros));
        }

        @Override
        public CompletionStage<Receipt> invalidate(String key) {
            return send(part(key), tier -> tier.invalidate(key));
        }

        @Override
        public CompletionStage<Receipt> expire(String key) {
            return send(part(key), tier -> tier.expire(key));
        }

        @Override
        public CompletionStage<Generation> generation(int part, Token candidate, long ttlMillis) {
            return sendAgain(part, tier -> tier.generation(part, candidate, ttlMillis));
        }

        @Override
        public CompletionStage<Receipt> clear(Token generation, long ttlMillis) {
            return send(0, tier -> tier.clear(generation, ttlMillis));
        }

        @Override
        public CompletionStage<TagGeneration> tag(String tag, Token candidate, long ttlMillis) {
            return sendAgain(part(tag), tier -> tier.tag(tag, candidate, ttlMillis));
        }

        @Override
        public CompletionStage<Receipt> invalidateTag(String tag, Token generation, long ttlMillis) {
            return send(part(tag), tier -> tier.invalidateTag(tag, generation, ttlMillis));
        }

        @Override
        public void close() {
            tiers.values().forEach(RemoteTier::close);
        }

        /** As {@link #send}, for what a client sends again when its connection breaks before the answer has come. */
        private <T extends @Nullable Object> CompletionStage<T> sendAgain(
                int part, Function<RemoteTier, CompletionStage<T>> operation) {
            CompletableFuture<T> reply = new CompletableFuture<>();
            Line line = lines[part];
            SimulatedServer server = line.server;
            if (simulation.chance(disorder) && !isDown(server, part)) {
                simulation.at(line.nextRequest(), () -> carryOut(server, part, operation, LOST, reply));
                simulation.in(simulation.delay(LONG, 4 * LONG), () -> send(part, operation, reply));
            } else {
                send(part, operation, reply);
            }
            return reply;
        }

        private <T extends @Nullable Object> CompletionStage<T> send(
                int part, Function<RemoteTier, CompletionStage<T>> operation) {
            CompletableFuture<T> reply = new CompletableFuture<>();
            send(part, operation, reply);
            return reply;
        }

        private <T extends @Nullable Object> void send(
                int part, Function<RemoteTier, CompletionStage<T>> operation, CompletableFuture<T> reply) {
            Line line = lines[part];
            SimulatedServer server = line.server;
            if (isDown(server, part)) {
                boolean refused = simulation.chance(0.5); // else the connection just hangs, and the caller gives up
                if (refused) {
                    node.happen(
                            simulation.now() + simulation.delay(SHORT, LONG),
                            () -> reply.completeExceptionally(new IllegalStateException("not connected")));
                }
                return;
            }
            boolean requestLost = simulation.chance(loss / 2);
            boolean replyLost = simulation.chance(loss / 2);
            if (!requestLost) {
                simulation.at(
                        line.nextRequest(),
                        () -> carryOut(
                                server,
                                part,
                                operation,
                                replyLost ? LOST : line.nextReply() - simulation.now(),
                                reply));
            }
        }

        private <T extends @Nullable Object> void carryOut(
                SimulatedServer server,
                int part,
                Function<RemoteTier, CompletionStage<T>> operation,
                long replyTakes,
                CompletableFuture<T> reply) {
            if (isDown(server, part)) {
                return;
            }
            CompletionStage<T> done = operation.apply(on(server));
            if (replyTakes == LOST) {
                return;
            }
            node.happen(
                    simulation.now() + replyTakes,
                    () -> done.whenComplete((value, failure) -> {
                        if (failure == null) {
                            reply.complete(value);
                        } else {
                            reply.completeExceptionally(failure);
                        }
                    }));
        }
    }
}
