package io.stampede.redis.testing;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A Redis Cluster of three primaries with a replica each, as local processes.
 *
 * <pre>{@code
 * try (RedisCluster redis = RedisCluster.start()) {
 *     RedisClusterClient client = RedisClusterClient.create(RedisClusterURIUtil.toRedisURIs(URI.create(redis.uri())));
 *     RedisServer old = redis.primaryOf("key");
 *     RedisServer replica = redis.replicasOf(old).get(0);
 *     old.kill();
 *     redis.awaitPromoted(replica);
 * }
 * }</pre>
 *
 * <p>The node timeout is 500 ms, so that a silent primary is replaced within about two seconds. The nodes are
 * {@link RedisServer}s, to be paused, resumed, killed and restarted at will; one that is restarted is still a member.
 *
 * <p>Two primaries of the same slots, as long as a test needs them:
 *
 * <pre>{@code
 * redis.cutOffFromPeers(old);
 * redis.failOver(replica, RedisCluster.FailOver.FORCE);  // both take writes now
 * redis.rejoin(old);                                     // what it took alone is gone
 * }</pre>
 *
 * <p>Thread-safe. Methods that wait give up after 30 s with an {@link IllegalStateException}.
 */
public final class RedisCluster implements AutoCloseable {

    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16_384;

    private final Topology topology;
    private final List<RedisServer> nodes;
    private final Map<RedisServer, String> ids = new HashMap<>();
    private final Set<RedisServer> cutOff = ConcurrentHashMap.newKeySet();

    /** How a replica is made the primary. */
    public enum FailOver {
        /** The primary agrees, stops taking writes, and the replica has got them all. */
        GRACEFUL,
        /** The other primaries agree; what the replica has not got is lost. */
        FORCE,
        /** Nobody is asked. */
        TAKEOVER
    }

    private RedisCluster(Topology topology, String[] extraArgs) {
        this.topology = topology;
        nodes = Stream.generate(() -> startNode(extraArgs)).limit(2 * PRIMARIES).toList();
        nodes.forEach(node -> ids.put(node, Topology.text(node.command("CLUSTER", "MYID"))));
        assignSlots();
        introduce();
        assignReplicas();
        awaitOk();
    }

    /**
     * Starts it, which takes two seconds, since no primary takes writes in the first two of its life.
     *
     * @param extraArgs further arguments for each node, such as {@code "--cluster-require-full-coverage", "no"}
     */
    public static RedisCluster start(String... extraArgs) {
        return start(new Topology(false), extraArgs);
    }

    /**
     * Like {@link #start}, with a {@link #proxy} before each node, whose port the nodes tell to clients. Its faults concern
     * clients alone: a replica, which uses it too, comes through, and the nodes' own bus does without. Only on Linux.
     */
    public static RedisCluster startBehindProxies(String... extraArgs) {
        return start(new Topology(true), extraArgs);
    }

    private static RedisCluster start(Topology topology, String[] extraArgs) {
        try {
            return new RedisCluster(topology, extraArgs);
        } catch (RuntimeException | Error e) {
            topology.close();
            throw e;
        }
    }

    private RedisServer startNode(String[] extraArgs) {
        RedisServer node = topology.startServer(
                extraArgs,
                "--cluster-enabled",
                "yes",
                "--cluster-node-timeout",
                "500",
                // However long its primary has been away, a replica may be elected.
                "--cluster-replica-validity-factor",
                "0",
                "--cluster-announce-ip",
                Topology.HOST);
        node.command("CONFIG", "SET", "cluster-announce-port", announcedPort(node));
        node.command("CONFIG", "REWRITE");
        return node;
    }

    private void assignSlots() {
        for (int i = 0; i < nodes.size(); i++) {
            RedisServer node = nodes.get(i);
            node.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            if (i < PRIMARIES) {
                String first = Integer.toString(i * SLOTS / PRIMARIES);
                String last = Integer.toString((i + 1) * SLOTS / PRIMARIES - 1);
                node.command("CLUSTER", "ADDSLOTSRANGE", first, last);
            }
        }
    }

    /** Each to each, as it would take them seconds to hear of one another by gossip. */
    private void introduce() {
        nodes.forEach(this::meetAll);
        Topology.await("all nodes know each other", () -> nodes.stream().allMatch(this::knowsAll));
    }

    private void meetAll(RedisServer node) {
        nodes.stream()
                .filter(other -> other != node)
                .forEach(other -> node.command(
                        "CLUSTER",
                        "MEET",
                        Topology.HOST,
                        announcedPort(other),
                        Integer.toString(other.port() + 10_000)));
    }

    private boolean knowsAll(RedisServer node) {
        return ClusterView.of(node).members().stream()
                .filter(member -> !member.is("handshake"))
                .map(ClusterView.Member::id)
                .collect(Collectors.toSet())
                .containsAll(ids.values());
    }

    private void assignReplicas() {
        IntStream.range(0, PRIMARIES)
                .forEach(i -> nodes.get(PRIMARIES + i).command("CLUSTER", "REPLICATE", id(nodes.get(i))));
    }

    /** {@code redis://host:port} of each node, as clients reach it. */
    public List<String> uris() {
        return nodes.stream()
                .map(node -> "redis://" + Topology.HOST + ":" + announcedPort(node))
                .toList();
    }

    /** {@code redis://host:port,host:port,...} of all nodes, as Lettuce's {@code RedisClusterURIUtil} takes it. */
    public String uri() {
        return nodes.stream()
                .map(node -> Topology.HOST + ":" + announcedPort(node))
                .collect(Collectors.joining(",", "redis://", ""));
    }

    /** All nodes in the order of their start: first those that begin as primaries, then those that begin as replicas. */
    public List<RedisServer> nodes() {
        return nodes;
    }

    /** The slot of a key, by its hash tag if it has one. */
    public int slotOf(String key) {
        return ((Long) anyMember().command("CLUSTER", "KEYSLOT", key)).intValue();
    }

    /**
     * The running node that owns the slot of this key by its own account; the newer one if two believe so.
     *
     * @throws IllegalStateException if no running node does
     */
    public RedisServer primaryOf(String key) {
        return primaryOf(slotOf(key));
    }

    /** Like {@link #primaryOf(String)}. */
    public RedisServer primaryOf(int slot) {
        Map<RedisServer, ClusterView.Member> selves = running()
                .collect(Collectors.toMap(
                        node -> node, node -> ClusterView.of(node).myself()));
        return selves.keySet().stream()
                .filter(node -> selves.get(node).owns(slot))
                .max(Comparator.comparingLong(node -> selves.get(node).epoch()))
                .orElseThrow(() -> new IllegalStateException("Nobody who runs owns slot " + slot));
    }

    /** Those who follow this primary, whether they run or not, in the view of another node. */
    public List<RedisServer> replicasOf(RedisServer primary) {
        RedisServer witness = members()
                .filter(node -> node != primary)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No other node runs"));
        Set<String> followers = ClusterView.of(witness).members().stream()
                .filter(member -> member.primary().equals(id(primary)))
                .map(ClusterView.Member::id)
                .collect(Collectors.toSet());
        return nodes.stream().filter(node -> followers.contains(id(node))).toList();
    }

    /**
     * The proxy that clients reach this node by.
     *
     * @throws IllegalStateException unless this was started {@link #startBehindProxies behind proxies}
     */
    public FaultProxy proxy(RedisServer node) {
        return topology.proxy(node);
    }

    /** Promotes a replica with its primary's consent, and returns when that has been done. */
    public void failOver(RedisServer replica) {
        failOver(replica, FailOver.GRACEFUL);
    }

    /**
     * Promotes a replica and returns when all members know.
     *
     * @throws RedisErrorException if this one can't be promoted this way
     */
    public void failOver(RedisServer replica, FailOver how) {
        Stream<String> command = Stream.of("CLUSTER", "FAILOVER");
        Stream<String> option = how == FailOver.GRACEFUL ? Stream.of() : Stream.of(how.name());
        replica.command(Stream.concat(command, option).toArray(String[]::new));
        awaitPromoted(replica);
    }

    /** Waits until this node is a primary that has slots, and all who run know it and serve all slots. */
    public void awaitPromoted(RedisServer replica) {
        Topology.await(
                replica + " is promoted",
                () -> members()
                        .allMatch(node -> isOk(node)
                                && ClusterView.of(node).members().stream()
                                        .filter(member -> member.id().equals(id(replica)))
                                        .anyMatch(member -> member.is("master")
                                                && !member.slots().isEmpty())));
    }

    /**
     * Waits until all nodes that run serve all slots, agree on who owns which and who follows whom, and the replicas among
     * them are linked.
     */
    public void awaitOk() {
        Topology.await("the cluster is well", this::isWell);
    }

    private boolean isWell() {
        List<RedisServer> running = running().toList();
        Set<String> runningIds = running.stream().map(this::id).collect(Collectors.toSet());
        List<ClusterView> views = running.stream().map(ClusterView::of).toList();
        boolean agreed = views.stream().map(ClusterView::places).distinct().count() == 1;
        boolean trusted = views.stream()
                .flatMap(view -> view.members().stream())
                .noneMatch(member -> runningIds.contains(member.id()) && member.isInDoubt());
        return agreed
                && trusted
                && running.stream().allMatch(RedisCluster::isOk)
                && running.stream().allMatch(node -> Topology.isPrimary(node) || Topology.isLinkedReplica(node));
    }

    private static boolean isOk(RedisServer node) {
        return Topology.text(node.command("CLUSTER", "INFO")).contains("cluster_state:ok");
    }

    /** Moves a slot with all its keys. Clients may use it meanwhile. */
    public void moveSlot(int slot, RedisServer toPrimary) {
        beginMove(slot, toPrimary).finish();
    }

    /** Begins to move a slot, but moves no key yet. */
    public SlotMove beginMove(int slot, RedisServer toPrimary) {
        RedisServer from = primaryOf(slot);
        List<RedisServer> others = members()
                .filter(Topology::isPrimary)
                .filter(node -> node != from && node != toPrimary)
                .toList();
        return new SlotMove(slot, from, toPrimary, others);
    }

    /**
     * Makes a primary forget all other nodes, so that it listens to none: it goes on serving its slots to its clients
     * whatever the others decide, and answers that the other slots are not served. The others take it for well, as they do
     * with one whose messages come through one way only. Lasts until {@link #rejoin}.
     *
     * <p>Of a cluster that was really torn apart a primary notices after the node timeout, and takes no more writes: then
     * two primaries are together only for a moment, which a test can't hold on to.
     */
    public void cutOffFromPeers(RedisServer primary) {
        // It alone does not have all slots, and would serve none.
        primary.command("CONFIG", "SET", "cluster-require-full-coverage", "no");
        nodes.stream().filter(node -> node != primary).forEach(node -> primary.command("CLUSTER", "FORGET", id(node)));
        cutOff.add(primary);
    }

    /** Ends {@link #cutOffFromPeers}, and waits until all agree again: the node gives way to one promoted meanwhile. */
    public void rejoin(RedisServer node) {
        meetAll(node);
        cutOff.remove(node);
        node.command("CONFIG", "SET", "cluster-require-full-coverage", "yes");
        awaitOk();
    }

    private Stream<RedisServer> running() {
        return nodes.stream().filter(RedisServer::isRunning);
    }

    /** Those who run and are in touch with each other. */
    private Stream<RedisServer> members() {
        return running().filter(node -> !cutOff.contains(node));
    }

    private RedisServer anyMember() {
        return members().findFirst().orElseThrow(() -> new IllegalStateException("No node runs"));
    }

    private String id(RedisServer node) {
        return String.valueOf(ids.get(node));
    }

    private String announcedPort(RedisServer node) {
        return Integer.toString(topology.announcedPort(node));
    }

    /** Ends all processes. Has no effect the second time. */
    @Override
    public void close() {
        topology.close();
    }
}
