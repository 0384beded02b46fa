package io.stampede.benchmarks.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The forms of Redis that the drill knows, with what can go wrong in each. */
@SuppressWarnings("ImmutableEnumChecker") // its lists are immutable, which their type does not say
enum TopologyKind {
    STANDALONE(
            "one Redis",
            NetworkFault.values(),
            ClientFault.values(),
            ServerFault.values(),
            NodeFault.values(),
            SourceFault.values()) {
        @Override
        Topology open(String uri, int nodes, String nodesName) {
            return new Standalone(nodes, nodesName);
        }
    },
    SENTINEL("a primary with replicas and sentinels", SentinelFault.values(), NodeFault.values()) {
        @Override
        Topology open(String uri, int nodes, String nodesName) {
            return new WithSentinels();
        }
    },
    CLUSTER("a Redis Cluster", ClusterFault.values(), NodeFault.values()) {
        @Override
        Topology open(String uri, int nodes, String nodesName) {
            return new InCluster();
        }
    },
    ZONES("a Redis in each of two zones", ZoneFault.values(), NodeFault.values()) {
        @Override
        Topology open(String uri, int nodes, String nodesName) {
            return new TwoZones(nodes);
        }
    },
    OWN(
            "your own Redis (--redis)",
            NetworkFault.values(),
            ClientFault.values(),
            NodeFault.values(),
            SourceFault.values()) {
        @Override
        Topology open(String uri, int nodes, String nodesName) {
            return new OwnRedis(uri, nodes, nodesName);
        }
    };

    private final String title;
    private final List<Fault> faults;

    TopologyKind(String title, Fault[]... faults) {
        this.title = title;
        this.faults = Arrays.stream(faults).flatMap(Arrays::stream).toList();
    }

    /** Those that the drill starts by itself. */
    static List<TopologyKind> embedded() {
        return List.of(STANDALONE, SENTINEL, CLUSTER, ZONES);
    }

    /** Starts it, or connects to it. */
    abstract Topology open(String uri, int nodes, String nodesName);

    String title() {
        return title;
    }

    List<Fault> faults() {
        return faults;
    }

    /** What people type. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
