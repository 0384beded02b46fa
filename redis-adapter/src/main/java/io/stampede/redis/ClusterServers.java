package io.stampede.redis;

import io.lettuce.core.ReadFrom;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The servers of a Redis Cluster. Lettuce knows who holds which slot and follows what moves; here it is seen to that it
 * looks again when a server doesn't answer, and that no connection to a lost server is kept.
 */
final class ClusterServers implements Servers {

    private static final long LOOK_AGAIN_MILLIS = 500;
    private static final Pattern KNOWN_NODES = Pattern.compile("cluster_known_nodes:(\\d+)");

    private final String address;
    private final RedisClusterClient client;
    private final EventExecutor executor;
    private final AtomicReference<@Nullable CompletableFuture<Void>> looking = new AtomicReference<>();

    /** Whether anybody has ever told who is there. */
    private volatile boolean known;

    ClusterServers(String address, RedisClusterClient client) {
        this.address = address;
        this.client = client;
        this.executor = client.getResources().eventExecutorGroup().next();
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public RedisKeys keys(String cache) {
        return RedisKeys.inCluster(cache);
    }

    @Override
    public Wire<StatefulRedisClusterConnection<byte[], byte[]>> data() {
        return new Data(ReadFrom.UPSTREAM);
    }

    @Override
    public Wire<StatefulRedisClusterConnection<byte[], byte[]>> nearby(ReadFrom readFrom) {
        return new Data(readFrom);
    }

    @Override
    public Wire<StatefulRedisPubSubConnection<byte[], byte[]>> bus() {
        return new Bus();
    }

    /**
     * Finds out who is there; if nobody tells, what was known before has to do. Lettuce waits for all who are asked, also
     * for a server that hangs: who has known anybody before goes on after a while, and profits later.
     */
    private CompletionStage<?> look() {
        CompletableFuture<Void> own = new CompletableFuture<>();
        CompletableFuture<Void> running = looking.compareAndExchange(null, own);
        if (running == null) {
            refresh().whenComplete((nothing, nobody) -> {
                known = known || nobody == null;
                looking.set(null);
                own.complete(null);
            });
        }
        CompletableFuture<Void> look = (running == null ? own : running).copy();
        if (known) {
            executor.schedule(() -> look.complete(null), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        }
        return look;
    }

    private CompletionStage<Void> refresh() {
        try {
            return client.refreshPartitionsAsync();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Asks until the answer is yes or the connection is closed, and looks who is there in between. */
    private CompletionStage<?> askOn(StatefulConnection<?, ?> connection, Supplier<CompletionStage<Boolean>> question) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        question.get().whenComplete((yes, failure) -> {
            if (failure == null && yes) {
                answer.complete(true);
            }
        });
        executor.schedule(() -> answer.complete(false), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        return answer.thenCompose(yes -> yes || !connection.isOpen()
                ? CompletableFuture.completedFuture(null)
                : look().thenCompose(looked -> askOn(connection, question)));
    }

    /** The connections to all primaries, as one: if one of them is lost, they are all opened anew. */
    private final class Data implements Wire<StatefulRedisClusterConnection<byte[], byte[]>> {

        private final Set<StatefulRedisConnection<byte[], byte[]>> watched = ConcurrentHashMap.newKeySet();
        private final ReadFrom readFrom;
        private volatile Runnable lost = () -> {};

        Data(ReadFrom readFrom) {
            this.readFrom = readFrom;
        }

        @Override
        public CompletionStage<StatefulRedisClusterConnection<byte[], byte[]>> open() {
            return look().thenCompose(looked -> client.connectAsync(ByteArrayCodec.INSTANCE))
                    .thenCompose(this::settled);
        }

        /** Lettuce hands connections to single servers out before they take commands. One that hangs is not waited for. */
        private CompletionStage<StatefulRedisClusterConnection<byte[], byte[]>> settled(
                StatefulRedisClusterConnection<byte[], byte[]> opened) {
            opened.setReadFrom(readFrom);
            CompletableFuture<StatefulRedisClusterConnection<byte[], byte[]>> settled = new CompletableFuture<>();
            allAnswer(opened).whenComplete((all, failure) -> {
                if (failure == null) {
                    settled.complete(opened);
                }
            });
            executor.schedule(() -> settled.complete(opened), LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            return settled;
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands(
                StatefulRedisClusterConnection<byte[], byte[]> connection) {
            return connection.async();
        }

        @Override
        public void whenLost(StatefulRedisClusterConnection<byte[], byte[]> connection, Runnable newLost) {
            watched.clear();
            lost = newLost;
            Wire.listen(connection, newLost);
            primaries().forEach(primary -> connectionTo(primary, connection));
        }

        /**
         * By what Lettuce knows of the cluster. It may follow a redirect before it knows: but then the owner has agreed to
         * the move, and has handed over all that it had.
         */
        @Override
        public int owner(StatefulRedisClusterConnection<byte[], byte[]> connection, byte[] prefix) {
            RedisClusterNode owner = client.getPartitions().getPartitionBySlot(SlotHash.getSlot(prefix));
            return owner == null ? 0 : owner.getNodeId().hashCode();
        }

        /** Every primary has to show it. As long as one does not, another may have taken its place. */
        @Override
        public CompletionStage<?> signOfLife(StatefulRedisClusterConnection<byte[], byte[]> connection) {
            return askOn(connection, () -> allAnswer(connection));
        }

        private CompletionStage<Boolean> allAnswer(StatefulRedisClusterConnection<byte[], byte[]> connection) {
            CompletableFuture<?>[] signs = primaries()
                    .map(primary -> connectionTo(primary, connection)
                            .thenCompose(each -> Wire.ping(each.async()))
                            .toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            return CompletableFuture.allOf(signs).thenApply(all -> true);
        }

        /** The connection that carries what is written to the keys of a primary; watched from now on. */
        private CompletionStage<StatefulRedisConnection<byte[], byte[]>> connectionTo(
                RedisClusterNode primary, StatefulRedisClusterConnection<byte[], byte[]> connection) {
            RedisURI at = primary.getUri();
            return connection.getConnectionAsync(at.getHost(), at.getPort()).whenComplete((each, failure) -> {
                if (each != null && watched.add(each)) {
                    Runnable tell = lost;
                    Wire.listen(each, () -> {
                        if (primaries().anyMatch(still -> still.getUri().equals(at))) {
                            tell.run();
                        }
                    });
                    if (!each.isOpen()) {
                        tell.run();
                    }
                }
            });
        }

        private Stream<RedisClusterNode> primaries() {
            return client.getPartitions().stream()
                    .filter(node ->
                            node.getRole().isUpstream() && !node.getSlots().isEmpty());
        }
    }

    /** The connection to whichever server; each passes on to its subscribers what the others are told. */
    private final class Bus implements Wire<StatefulRedisPubSubConnection<byte[], byte[]>> {

        /** Lettuce goes where the fewest clients are, which is just where nobody else can hear anything either. */
        @Override
        public CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> open() {
            return look().thenCompose(looked -> client.connectPubSubAsync(ByteArrayCodec.INSTANCE))
                    .thenCompose(first -> hearsTheOthers(first)
                            .thenCompose(hears -> hears ? CompletableFuture.completedFuture(first) : elsewhere(first))
                            .whenComplete((opened, failure) -> {
                                if (failure != null) {
                                    first.closeAsync();
                                }
                            }));
        }

        /** A connection to another server, which is closed with the first and the other way round; the first if it is no better. */
        private CompletionStage<StatefulRedisPubSubConnection<byte[], byte[]>> elsewhere(
                StatefulRedisClusterPubSubConnection<byte[], byte[]> first) {
            return first.async().clusterMyId().thenCompose(here -> {
                List<String> others = client.getPartitions().stream()
                        .map(RedisClusterNode::getNodeId)
                        .filter(id -> !id.equals(here))
                        .toList();
                if (others.isEmpty()) {
                    return CompletableFuture.completedFuture(first);
                }
                String chosen = others.get(ThreadLocalRandom.current().nextInt(others.size()));
                return first.getConnectionAsync(chosen)
                        .thenCompose(second -> hearsTheOthers(second).thenApply(hears -> {
                            if (!hears) { // nobody does at the moment, as when a primary is being replaced
                                second.closeAsync();
                                return first;
                            }
                            Wire.listen(second, first::closeAsync);
                            return second;
                        }));
            });
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands(
                StatefulRedisPubSubConnection<byte[], byte[]> connection) {
            return connection.async();
        }

        /** One whose server has lost the others answers, and hears nothing any more. */
        @Override
        public CompletionStage<?> signOfLife(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
            return askOn(connection, () -> hearsTheOthers(connection));
        }

        /** Whether the server is one of all that are known, and finds the cluster well. One that won't tell counts as such. */
        private CompletionStage<Boolean> hearsTheOthers(StatefulRedisPubSubConnection<byte[], byte[]> connection) {
            return connection
                    .async()
                    .clusterInfo()
                    .thenApply(info -> {
                        Matcher known = KNOWN_NODES.matcher(info);
                        return info.contains("cluster_state:ok")
                                && (!known.find()
                                        || Integer.parseInt(known.group(1))
                                                >= client.getPartitions().size());
                    })
                    .exceptionallyCompose(failure -> failure instanceof RedisCommandExecutionException
                            ? CompletableFuture.completedFuture(true)
                            : CompletableFuture.failedFuture(failure));
        }
    }
}
