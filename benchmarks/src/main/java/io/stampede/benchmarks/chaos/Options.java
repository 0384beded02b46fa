package io.stampede.benchmarks.chaos;

import io.lettuce.core.RedisURI;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says.
 *
 * @param topologies in which Redis is broken
 * @param faults the {@linkplain Fault#id() ids} of those to be made; none stands for all
 * @param usualLength of a fault that lasts
 * @param mostTime after which no further fault is begun
 * @param redis the address of the person's own, or null
 * @param directory where the results go
 */
record Options(
        List<TopologyKind> topologies,
        Set<String> faults,
        Duration usualLength,
        Duration mostTime,
        @Nullable String redis,
        Path directory,
        boolean list,
        boolean help) {

    static final String HELP = """
            Nodes under load, a real Redis, and one fault after the other.

              --topology LIST  which of standalone, sentinel, cluster, zones (default: all, started by the drill)
              --fault LIST     only these faults; --list names them (default: all)
              --seconds S      how long a fault lasts that does not end by itself (1 to 60, default 4)
              --minutes M      after so long no further fault is begun (1 to 120, default 18)
              --out DIR        where to write drill.json and index.html (default benchmarks/target/chaos)
              --list           the topologies with their faults
              --help           this text

            Against your own Redis, with faults that can be made from a client's side:

              --redis URI      redis://[user:password@]host:port[/database]; takes --fault, and no --topology
              --allow-remote   lets it be on another machine. What the drill writes there expires within the hour.
                               client-pause stops that Redis for everybody who uses it

            From Maven: ./mvnw -q -Pchaos -Dchaos.args="--topology sentinel --seconds 10"
            The exit code is 0 if no caller had an error because of Redis, no read got what is older than allowed, and
            all was normal again after each fault; 1 if not; 2 if the command line is wrong.
            """;

    static Options parse(String... args) {
        List<TopologyKind> topologies = TopologyKind.embedded();
        boolean topologiesGiven = false;
        Set<String> faults = new TreeSet<>();
        int seconds = 4;
        int minutes = 18;
        String redis = null;
        boolean allowRemote = false;
        Path directory = defaultDirectory();
        boolean list = false;
        boolean help = false;
        List<String> words = Arrays.asList(args);
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            switch (option) {
                case "--topology" -> {
                    topologies = topologies(valueAt(words, ++i, option));
                    topologiesGiven = true;
                }
                case "--fault" ->
                    faults.addAll(List.of(valueAt(words, ++i, option).split(",", -1)));
                case "--seconds" -> seconds = number(option, valueAt(words, ++i, option), 60);
                case "--minutes" -> minutes = number(option, valueAt(words, ++i, option), 120);
                case "--redis" -> redis = valueAt(words, ++i, option);
                case "--allow-remote" -> allowRemote = true;
                case "--out" -> directory = Path.of(valueAt(words, ++i, option));
                case "--list" -> list = true;
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("Unknown option " + option + "; --help lists them");
            }
        }
        if (redis != null) {
            if (topologiesGiven || faults.isEmpty()) {
                throw new IllegalArgumentException("--redis takes --fault, and no --topology; --list names the faults");
            }
            checkAddress(redis, allowRemote);
            topologies = List.of(TopologyKind.OWN);
        }
        checkFaults(topologies, faults);
        return new Options(
                topologies,
                faults,
                Duration.ofSeconds(seconds),
                Duration.ofMinutes(minutes),
                redis,
                directory,
                list,
                help);
    }

    /** Whoever breaks a Redis elsewhere must have said so. */
    private static void checkAddress(String redis, boolean allowRemote) {
        RedisURI uri;
        try {
            uri = RedisURI.create(redis);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--redis " + redis + ": is no address of a Redis", e);
        }
        if (uri.getHost() == null || uri.isSsl() || !redis.startsWith("redis://")) {
            throw new IllegalArgumentException("--redis " + redis + ": must be redis://host:port");
        }
        try {
            boolean here =
                    Arrays.stream(InetAddress.getAllByName(uri.getHost())).allMatch(InetAddress::isLoopbackAddress);
            if (!here && !allowRemote) {
                throw new IllegalArgumentException("--redis " + uri.getHost()
                        + " is not on this machine; say --allow-remote if you mean to break it");
            }
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--redis " + uri.getHost() + ": no such host", e);
        }
    }

    private static void checkFaults(List<TopologyKind> topologies, Set<String> faults) {
        Set<String> there = topologies.stream()
                .flatMap(topology -> topology.faults().stream())
                .map(Fault::id)
                .collect(Collectors.toSet());
        faults.stream().filter(fault -> !there.contains(fault)).findFirst().ifPresent(fault -> {
            throw new IllegalArgumentException("--fault " + fault + ": there is none of that name in "
                    + topologies.stream().map(TopologyKind::id).collect(Collectors.joining(", "))
                    + "; --list names them");
        });
    }

    /** In the build's directory, whether this runs in the project's or in the module's. */
    private static Path defaultDirectory() {
        Path module = Path.of("benchmarks");
        Path target = Files.isDirectory(module) ? module.resolve("target") : Path.of("target");
        return target.resolve("chaos");
    }

    /** Those of a topology that are to be made, in the order of the list. */
    List<Fault> faultsOf(TopologyKind topology) {
        return topology.faults().stream()
                .filter(fault -> faults.isEmpty() || faults.contains(fault.id()))
                .toList();
    }

    static String listing() {
        StringBuilder text = new StringBuilder();
        for (TopologyKind topology : TopologyKind.values()) {
            text.append(String.format("%s: %s%n", topology.id(), topology.title()));
            topology.faults().forEach(fault -> text.append(String.format("  %-24s %s%n", fault.id(), fault.title())));
        }
        return text.toString();
    }

    private static List<TopologyKind> topologies(String value) {
        return Arrays.stream(value.split(",", -1))
                .map(Options::topology)
                .distinct()
                .toList();
    }

    private static TopologyKind topology(String id) {
        return TopologyKind.embedded().stream()
                .filter(topology -> topology.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--topology " + id + ": must be of "
                        + TopologyKind.embedded().stream().map(TopologyKind::id).collect(Collectors.joining(", "))));
    }

    private static String valueAt(List<String> words, int index, String option) {
        if (index >= words.size()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return words.get(index);
    }

    private static int number(String option, String value, int highest) {
        String allowed = option + " " + value + ": must be a number from 1 to " + highest;
        try {
            int number = Integer.parseInt(value);
            if (number < 1 || number > highest) {
                throw new IllegalArgumentException(allowed);
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(allowed, e);
        }
    }
}
