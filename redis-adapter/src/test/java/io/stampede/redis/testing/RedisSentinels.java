package io.stampede.redis.testing;

import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A primary, two replicas and three sentinels that watch them, as local processes.
 *
 * <pre>{@code
 * try (RedisSentinels redis = RedisSentinels.start()) {
 *     RedisClient client = RedisClient.create(redis.uri());
 *     RedisServer old = redis.primary();
 *     old.kill();
 *     RedisServer current = redis.awaitPrimaryOtherThan(old);
 * }
 * }</pre>
 *
 * <p>Two of the sentinels take a silent primary for down after 500 ms, and all look at everything several times a second,
 * so that a failover takes about two seconds; some more where one of those two doesn't run or their vote is split. Servers and sentinels are {@link RedisServer}s, to be
 * paused, resumed, killed and restarted at will.
 *
 * <p>Two primaries at a time, as long as a test needs them:
 *
 * <pre>{@code
 * redis.holdDemotions();
 * old.pause();
 * RedisServer current = redis.awaitPrimaryOtherThan(old);
 * old.resume();               // both take writes now
 * redis.allowDemotions();
 * redis.awaitReplica(old);    // what it took alone is gone
 * }</pre>
 *
 * <p>Thread-safe. Methods that wait give up after 30 s with an {@link IllegalStateException}.
 */
public final class RedisSentinels implements AutoCloseable {

    private static final String MASTER_NAME = "stampede";
    private static final int QUORUM = 2;
    private static final int REPLICAS = 2;
    private static final int SENTINELS = 3;

    /** In milliseconds. */
    private static final String DOWN_AFTER = "500";

    /**
     * Later, so that it has its vote to give when the others ask for it. If all three stood for election at a time, each
     * would vote for itself, and they would wait for seconds before they try again.
     */
    private static final String DOWN_AFTER_FOR_THE_LAST = "1500";

    /** In milliseconds. A sentinel demotes a primary it doesn't know as such after four times this long. */
    private static final int PUBLISH_PERIOD = 200;

    private static final int PUBLISH_PERIOD_WITHOUT_DEMOTION = 600_000;

    private final Topology topology;
    private final List<RedisServer> servers;
    private final List<RedisServer> sentinels;
    private final Map<Integer, RedisServer> byAnnouncedPort = new HashMap<>();

    private RedisSentinels(Topology topology, String[] extraArgs) {
        this.topology = topology;
        // The replicas go first: sentinels that don't find them at once look again only seconds later.
        servers = Stream.generate(() -> topology.startServer(extraArgs))
                .limit(1 + REPLICAS)
                .toList();
        servers.forEach(server -> byAnnouncedPort.put(topology.announcedPort(server), server));
        linkReplicas();
        sentinels = Stream.generate(topology::startSentinel).limit(SENTINELS).toList();
        sentinels.forEach(RedisSentinels::hasten);
        sentinels.forEach(this::watch);
        Topology.await(
                "the sentinels know each other and all servers",
                () -> sentinels.stream().allMatch(this::knowsAll));
    }

    /**
     * Starts them, which takes about a second. The first primary is the first of {@link #servers()}.
     *
     * @param extraArgs further arguments for each server, not for the sentinels, such as
     *     {@code "--min-replicas-to-write", "1"}
     */
    public static RedisSentinels start(String... extraArgs) {
        return start(new Topology(false), extraArgs);
    }

    /**
     * Like {@link #start}, with a {@link #proxy} before each server, whose port the sentinels tell to clients. Its faults
     * concern clients alone: the servers and sentinels, which use it too, come through. Only on Linux.
     */
    public static RedisSentinels startBehindProxies(String... extraArgs) {
        return start(new Topology(true), extraArgs);
    }

    private static RedisSentinels start(Topology topology, String[] extraArgs) {
        try {
            return new RedisSentinels(topology, extraArgs);
        } catch (RuntimeException | Error e) {
            topology.close();
            throw e;
        }
    }

    private void linkReplicas() {
        RedisServer first = servers.get(0);
        for (RedisServer server : servers) {
            server.command("CONFIG", "SET", "replica-announce-ip", Topology.HOST);
            server.command("CONFIG", "SET", "replica-announce-port", announcedPort(server));
            if (server != first) {
                server.command("REPLICAOF", Topology.HOST, announcedPort(first));
            }
            server.command("CONFIG", "REWRITE");
        }
        Topology.await("the replicas are linked", () -> replicasOf(first).allMatch(Topology::isLinkedReplica));
    }

    private static void hasten(RedisServer sentinel) {
        // A sentinel that was paused distrusts its own clock, and does nothing but answer for the tilt period.
        // It promotes only a replica that has told of itself within five ping periods, and asks one that has lost its
        // primary every second, whatever the info period: with fewer than 200 ms it often finds none, and tries again
        // after twice the failover timeout.
        sentinel.command(
                ("SENTINEL DEBUG INFO-PERIOD 200 ASK-PERIOD 200 PING-PERIOD 300 TILT-PERIOD 1000 PUBLISH-PERIOD "
                                + PUBLISH_PERIOD)
                        .split(" "));
    }

    private void watch(RedisServer sentinel) {
        RedisServer first = servers.get(0);
        sentinel.command("SENTINEL", "CONFIG", "SET", "announce-ip", Topology.HOST);
        sentinel.command(
                "SENTINEL", "MONITOR", MASTER_NAME, Topology.HOST, announcedPort(first), Integer.toString(QUORUM));
        boolean onlyVotes = sentinel == sentinels.get(SENTINELS - 1);
        set(sentinel, "down-after-milliseconds", onlyVotes ? DOWN_AFTER_FOR_THE_LAST : DOWN_AFTER);
        set(sentinel, "failover-timeout", "3000");
        set(sentinel, "parallel-syncs", Integer.toString(REPLICAS));
        String password = first.password();
        if (password != null) {
            set(sentinel, "auth-pass", password);
        }
    }

    private static void set(RedisServer sentinel, String option, String value) {
        sentinel.command("SENTINEL", "SET", MASTER_NAME, option, value);
    }

    private boolean knowsAll(RedisServer sentinel) {
        Map<String, String> master = master(sentinel);
        List<?> replicas = (List<?>) sentinel.command("SENTINEL", "REPLICAS", MASTER_NAME);
        return "master".equals(master.get("flags"))
                && Integer.toString(SENTINELS - 1).equals(master.get("num-other-sentinels"))
                && replicas != null
                && replicas.stream()
                                .map(RedisSentinels::fields)
                                .filter(replica -> "slave".equals(replica.get("flags")))
                                .filter(replica -> "ok".equals(replica.get("master-link-status")))
                                .count()
                        == REPLICAS;
    }

    /** {@code redis-sentinel://host:port,host:port,host:port?sentinelMasterId=name}, as Lettuce takes it. */
    public String uri() {
        return sentinels.stream()
                .map(sentinel -> Topology.HOST + ":" + sentinel.port())
                .collect(Collectors.joining(",", "redis-sentinel://", "?sentinelMasterId=" + MASTER_NAME));
    }

    /** By which clients ask the sentinels for the primary. */
    public String masterName() {
        return MASTER_NAME;
    }

    public List<Integer> sentinelPorts() {
        return sentinels.stream().map(RedisServer::port).toList();
    }

    /** To restart one, use {@link #restartSentinel}. */
    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** The primary and the replicas, in the order of their start. */
    public List<RedisServer> servers() {
        return servers;
    }

    /** The primary in the newest view that a sentinel has; no promise that it runs. */
    public RedisServer primary() {
        return newestView().orElseThrow(() -> new IllegalStateException("No sentinel answers"));
    }

    /** All servers but the {@link #primary()}, whether they run or not. */
    public List<RedisServer> replicas() {
        return replicasOf(primary()).toList();
    }

    /** Pauses all replicas. Those returned can be resumed one by one. */
    public List<RedisServer> pauseReplicas() {
        List<RedisServer> replicas = replicas();
        replicas.forEach(RedisServer::pause);
        return replicas;
    }

    /**
     * The proxy that clients reach this server by.
     *
     * @throws IllegalStateException unless this was started {@link #startBehindProxies behind proxies}
     */
    public FaultProxy proxy(RedisServer server) {
        return topology.proxy(server);
    }

    /** Has a sentinel promote a replica, though the primary is well. Returns when that has been done. */
    public RedisServer failOver() {
        RedisServer old = primary();
        RedisServer sentinel = sentinels.stream()
                .filter(RedisServer::isRunning)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No sentinel runs"));
        Topology.await("a sentinel replaces " + old, () -> hasReplaced(sentinel, old));
        return awaitPrimaryOtherThan(old);
    }

    /** A sentinel that finds no replica good enough refuses, and one whose replica is slow to follow gives up: both for good. */
    private boolean hasReplaced(RedisServer sentinel, RedisServer old) {
        Map<String, String> view = master(sentinel);
        if (!announcedPort(old).equals(view.get("port"))) {
            return !view.isEmpty();
        }
        if (!view.get("flags").contains("failover_in_progress")) {
            try {
                sentinel.command("SENTINEL", "FAILOVER", MASTER_NAME);
            } catch (RedisErrorException noGoodReplicaNow) {
                return false;
            }
        }
        return false;
    }

    /** Waits until the sentinels name another primary, and that one takes writes. */
    public RedisServer awaitPrimaryOtherThan(RedisServer server) {
        Topology.await(
                "another primary than " + server,
                () -> newestView()
                        .filter(primary -> primary != server)
                        .filter(RedisServer::isRunning)
                        .filter(Topology::isPrimary)
                        .isPresent());
        return primary();
    }

    /** Waits until this server follows the primary, be it a demoted one or one that came back. */
    public void awaitReplica(RedisServer server) {
        String primarysPort = announcedPort(primary());
        Topology.await(
                server + " follows the primary",
                () -> Topology.info(server, "master_port").equals(primarysPort) && Topology.isLinkedReplica(server));
    }

    /**
     * From now on a server that believes itself the primary is left in its belief. Failovers go on. Keeps for 40 minutes,
     * and only for sentinels that run now.
     */
    public void holdDemotions() {
        publishEvery(PUBLISH_PERIOD_WITHOUT_DEMOTION);
    }

    /** Ends {@link #holdDemotions()}. */
    public void allowDemotions() {
        publishEvery(PUBLISH_PERIOD);
    }

    private void publishEvery(int milliseconds) {
        sentinels.stream()
                .filter(RedisServer::isRunning)
                .forEach(sentinel ->
                        sentinel.command("SENTINEL", "DEBUG", "PUBLISH-PERIOD", Integer.toString(milliseconds)));
    }

    /** Starts a sentinel again, with what it knew when it was killed. */
    public void restartSentinel(RedisServer sentinel) {
        sentinel.restart();
        hasten(sentinel);
    }

    private Optional<RedisServer> newestView() {
        return sentinels.stream()
                .filter(RedisServer::isRunning)
                .map(RedisSentinels::master)
                .filter(view -> view.containsKey("config-epoch"))
                .max(Comparator.comparingLong(view -> Long.parseLong(view.get("config-epoch"))))
                .map(view -> byAnnouncedPort.get(Integer.valueOf(view.get("port"))));
    }

    /** What a sentinel says of the primary; nothing if it doesn't answer. */
    private static Map<String, String> master(RedisServer sentinel) {
        try {
            return fields(sentinel.command("SENTINEL", "MASTER", MASTER_NAME));
        } catch (UncheckedIOException silent) {
            return Map.of();
        }
    }

    static Map<String, String> fields(@Nullable Object reply) {
        List<?> namesAndValues = reply instanceof List<?> list ? list : List.of();
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < namesAndValues.size(); i += 2) {
            fields.put(String.valueOf(namesAndValues.get(i)), String.valueOf(namesAndValues.get(i + 1)));
        }
        return fields;
    }

    private Stream<RedisServer> replicasOf(RedisServer primary) {
        return servers.stream().filter(server -> server != primary);
    }

    private String announcedPort(RedisServer server) {
        return Integer.toString(topology.announcedPort(server));
    }

    /** Ends all processes. Has no effect the second time. */
    @Override
    public void close() {
        topology.close();
    }
}
