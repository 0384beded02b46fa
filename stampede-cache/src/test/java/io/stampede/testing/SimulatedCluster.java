package io.stampede.testing;

import io.stampede.spi.Environment;
import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A whole cluster in a unit test: nodes with your caches and your loaders, a Redis between them that can be taken away,
 * and a clock that goes on only while the test waits for something. Hours pass in milliseconds, and a seed repeats a run
 * to the last bit.
 *
 * <pre>{@code
 * try (SimulatedCluster cluster = new SimulatedCluster(42)) {
 *   Node<StampedeCache<Long, Product>> node = cluster.addNode((machine, redis) ->
 *       builder().environment(machine).remote(redis, codec).build());
 *   cluster.redisDown();
 *   Product product = node.cache().get(42L, repository::load);
 * }
 * }</pre>
 *
 * <p>The test's own thread may call the caches as any caller does. Where such a call has to wait, the cluster goes on until
 * it is answered. What is to go on beside the test is begun by {@link Node#start}, and what takes time in a loader calls
 * {@link #sleep} or returns {@link #after}.
 *
 * <p>Not thread-safe: it belongs to the thread that makes it, and to the threads of its nodes, of which one runs at a time.
 * A loader that hands its work to a pool of its own must be given the node's {@link Environment#executor()} instead.
 */
public final class SimulatedCluster implements AutoCloseable {

    private static final long EPOCH_MICROS = 1_790_000_000_000_000L;
    private static final int THE_PART = 0;

    private final long seed;
    private final Simulation simulation;
    private final List<Node<?>> nodes = new ArrayList<>();
    private int machines;
    private SimulatedServer redis;
    private @Nullable SimulatedServer replica;
    private boolean redisIsDown;
    private volatile @Nullable IllegalStateException intruder;

    /**
     * A cluster without nodes, and a Redis that is empty and well.
     *
     * @param seed decides how long everything takes, and in which order it happens
     */
    public SimulatedCluster(long seed) {
        this.seed = seed;
        this.simulation = new Simulation(seed);
        this.redis = new SimulatedServer(
                new InMemoryRemote(() -> EPOCH_MICROS + simulation.now() / 1_000), UnaryOperator.identity());
    }

    // ---- nodes --------------------------------------------------------------------------------------------------

    /**
     * Starts a process with a cache in it, or with whatever stands on caches.
     *
     * @param application makes it, from the machine that goes to {@code environment} of a cache's builder and the Redis that
     *     goes to {@code remote}
     * @param <C> the type of what runs there
     * @return the node
     */
    public <C> Node<C> addNode(BiFunction<? super Environment, ? super RemoteConnection, ? extends C> application) {
        Node<C> node = new Node<>(application);
        nodes.add(node);
        return node;
    }

    /**
     * Starts several processes, as {@link #addNode} does one.
     *
     * @param count how many
     * @param application makes what runs on each
     * @param <C> the type of what runs there
     * @return the nodes
     */
    public <C> List<Node<C>> addNodes(
            int count, BiFunction<? super Environment, ? super RemoteConnection, ? extends C> application) {
        List<Node<C>> added = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            added.add(addNode(application));
        }
        return added;
    }

    /**
     * One process of the cluster.
     *
     * @param <C> the type of what runs there
     */
    public final class Node<C> {

        private final BiFunction<? super Environment, ? super RemoteConnection, ? extends C> application;
        private SimulatedNode machine;
        private SimulatedNetwork network;
        private C cache;
        private boolean cutOff;

        private Node(BiFunction<? super Environment, ? super RemoteConnection, ? extends C> application) {
            this.application = application;
            this.machine = new Machine();
            this.network = new SimulatedNetwork(simulation, machine, redis, 1);
            this.cache = begin();
        }

        private C begin() {
            if (redisIsDown || cutOff) {
                network.cut();
            }
            return application.apply(machine, network);
        }

        /**
         * What runs on this node, to be called by the test's own thread, which does not pause or crash with it.
         *
         * @return the cache, or what else was made
         */
        public C cache() {
            return cache;
        }

        /**
         * Begins a call in a thread of this node. It gets on whenever the test waits for something.
         *
         * @param call what to do with what runs here
         * @param <T> the type of what comes out
         * @return completes with what came out; never, if the node crashes
         */
        public <T extends @Nullable Object> CompletableFuture<T> start(Call<? super C, ? extends T> call) {
            CompletableFuture<T> result = new CompletableFuture<>();
            C called = cache;
            machine.threads().execute(() -> {
                try {
                    result.complete(call.on(called));
                } catch (Exception | AssertionError e) {
                    result.completeExceptionally(e);
                }
            });
            return result;
        }

        /** Ends this process from one moment to the next, with its L1 and with the leases it holds. */
        public void crash() {
            machine.crash();
        }

        /** Ends this process if it has not crashed, and starts it anew: what runs there is made again. */
        public void restart() {
            machine.crash();
            machine.end();
            machine = new Machine();
            network = new SimulatedNetwork(simulation, machine, redis, 1);
            cache = begin();
        }

        /**
         * Nothing happens in this process for a while, as in a long garbage collection. What goes on in the test's own
         * thread is not stopped.
         *
         * @param duration how long
         */
        public void pause(Duration duration) {
            machine.pause(duration.toNanos());
        }

        /** From now on this node does not reach Redis, and does not hear of the others. */
        public void cutOff() {
            cutOff = true;
            network.cut();
        }

        /** This node reaches Redis again, if there is one. */
        public void reconnect() {
            cutOff = false;
            if (!redisIsDown) {
                network.heal();
            }
        }

        /**
         * The machine, for finer faults: see {@link SimulatedNode#suspend}.
         *
         * @return the machine; another one after a restart
         */
        public SimulatedNode machine() {
            return machine;
        }

        /**
         * The way to Redis, for finer faults: lost and reordered messages, standstill. To cut it, see {@link #cutOff}.
         *
         * @return the network; another one after a restart
         */
        public SimulatedNetwork network() {
            return network;
        }
    }

    /**
     * What a thread of a node does.
     *
     * @param <C> the type of what runs on the node
     * @param <T> the type of what comes out
     */
    @FunctionalInterface
    public interface Call<C, T extends @Nullable Object> {

        /**
         * Does it.
         *
         * @param cache what runs on the node
         * @return what came out
         * @throws Exception whatever it likes
         */
        T on(C cache) throws Exception;
    }

    /** A machine whose executor has threads that may block, and that notices when somebody else's thread comes along. */
    private final class Machine extends SimulatedNode {

        private Machine() {
            super(machines++, simulation);
        }

        @Override
        public Executor executor() {
            return threads();
        }

        @Override
        public void happen(long time, Runnable action) {
            if (!simulation.isTurnOfThisThread()) {
                IllegalStateException found = new IllegalStateException(Thread.currentThread()
                        + " is no part of the simulated cluster, but something on a node was done by it: a loader must do"
                        + " its work on the calling thread, on the executor of the node's environment, or by after()");
                intruder = found; // and here, since whoever did it may not look
                throw found;
            }
            super.happen(time, action);
        }
    }

    // ---- time ---------------------------------------------------------------------------------------------------

    /**
     * Lets time pass, and everything happen that is due. For the test's own thread.
     *
     * @param duration how long
     * @throws IllegalStateException in a loader or elsewhere on a node: {@link #sleep} is for those
     */
    public void advance(Duration duration) {
        long until = simulation.now() + duration.toNanos();
        while (simulation.step(until)) {
            checkIntruder();
        }
        checkIntruder();
    }

    /**
     * Lets time pass in what takes time, such as a loader. Others go on meanwhile.
     *
     * @param duration how long
     * @throws InterruptedException if the thread is interrupted, as the cache does at {@code loaderDeadline}
     */
    public void sleep(Duration duration) throws InterruptedException {
        simulation.sleep(duration.toNanos());
    }

    /**
     * What an asynchronous loader may return: a value that takes a while. Others go on meanwhile.
     *
     * @param duration how long
     * @param source called then; on a thread of the node that asked, or not at all if that has crashed
     * @param <T> the type of what it returns
     * @return completes with what it has returned or thrown
     */
    public <T extends @Nullable Object> CompletableFuture<T> after(Duration duration, Callable<? extends T> source) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable completion = () -> {
            try {
                result.complete(source.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        };
        SimulatedThread asking = SimulatedThread.current();
        long time = simulation.now() + duration.toNanos();
        if (asking == null) {
            simulation.at(time, completion);
        } else {
            asking.node().happen(time, () -> asking.node().threads().execute(completion));
        }
        return result;
    }

    /**
     * Lets time pass until a stage is complete. For the test's own thread and for those of the nodes.
     *
     * @param stage what to wait for
     * @param <T> the type of its value
     * @return its value
     * @throws CompletionException if it has failed with a checked exception, which is the cause; an unchecked one and an
     *     error are thrown as they are
     * @throws AssertionError if ten minutes of virtual time have passed and it is not complete
     * @throws IllegalStateException if a thread had to do with it that is no part of the cluster
     */
    public <T extends @Nullable Object> T await(CompletionStage<T> stage) {
        CompletableFuture<T> result = stage.toCompletableFuture();
        await(result::isDone);
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e;
        }
    }

    /**
     * Lets time pass until a condition holds, which is looked at whenever something has happened. As
     * {@link #await(CompletionStage)}.
     *
     * @param condition what to wait for
     */
    public void await(BooleanSupplier condition) {
        try {
            simulation.await(() -> {
                checkIntruder();
                return condition.getAsBoolean();
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting in " + this, e);
        }
    }

    private void checkIntruder() {
        IllegalStateException found = intruder;
        if (found != null) {
            throw found;
        }
    }

    /**
     * How much time has passed.
     *
     * @return the time since the cluster was made
     */
    public Duration now() {
        return Duration.ofNanos(simulation.now());
    }

    /**
     * Stands for all that has happened so far, in its order.
     *
     * @return the same for two runs that were the same
     */
    public long traceHash() {
        return simulation.traceHash();
    }

    // ---- what happens to Redis ----------------------------------------------------------------------------------

    /** From now on no node reaches Redis. It keeps what it has. */
    public void redisDown() {
        redisIsDown = true;
        nodes.forEach(node -> node.network.cut());
    }

    /** Redis is back. */
    public void redisUp() {
        redisIsDown = false;
        nodes.stream().filter(node -> !node.cutOff).forEach(node -> node.network.heal());
    }

    /** From now on the replica of Redis hears of no more writes, and nobody knows: see {@link #failOver}. */
    public void stopReplication() {
        replica = redis.replica();
    }

    /**
     * Redis is gone, and its replica takes over: without the writes since {@link #stopReplication}, if that was called, else
     * with all of them. What was on its way to the old one is lost.
     */
    public void failOver() {
        SimulatedServer next = replica == null ? redis.replica() : replica;
        redis.kill(THE_PART);
        redis = next;
        replica = null;
        nodes.forEach(node -> node.network.lead(THE_PART, next));
    }

    /** Redis forgets all that it has, as one that was restarted without a disk. */
    public void forgetEverything() {
        redis.memory().wipe();
    }

    /**
     * The Redis that answers now, to look into it, to count its commands, or to let single ones fail.
     *
     * @return its memory; another one after a failover
     */
    public InMemoryRemote redis() {
        return redis.memory();
    }

    // ---- the end ------------------------------------------------------------------------------------------------

    /** Ends all threads of the nodes, wherever they are. */
    @Override
    public void close() {
        nodes.forEach(node -> {
            node.machine.crash();
            node.machine.end();
        });
    }

    @Override
    public String toString() {
        return "the simulated cluster of seed " + seed + ", " + now() + " after its beginning";
    }
}
