package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.page.Figures;
import io.stampede.benchmarks.process.ChildException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Plays one fault after the other and reports what each has done. */
public final class Drill {

    private static final Duration WARM_UP = Duration.ofSeconds(4);
    private static final Duration BEFORE = Duration.ofMillis(1_500);
    private static final Duration LOOK = Duration.ofMillis(150);

    /** For all to be normal again after a fault. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Options options;
    private final Cluster cluster;
    private final long started = System.nanoTime();
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notPlayed = new ArrayList<>();
    private String lastComplaint = "";

    private Drill(Options options, Cluster cluster) {
        this.options = options;
        this.cluster = cluster;
    }

    /**
     * Runs the drill.
     *
     * @param args see {@code --help}
     */
    public static void main(String... args) {
        System.exit(run(args));
    }

    private static int run(String... args) {
        try {
            Options options = Options.parse(args);
            if (options.help()) {
                System.out.print(Options.HELP);
                return 0;
            }
            if (options.list()) {
                System.out.print(Options.listing());
                return 0;
            }
            return run(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("The drill can't start or write its files: " + e);
            return 1;
        }
    }

    private static int run(Options options) throws IOException {
        try (Cluster cluster = new Cluster()) {
            // For Ctrl-C and SIGTERM.
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-cluster"));
            try {
                return new Drill(options, cluster).play().isGood() ? 0 : 1;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                explain(cluster, e);
            } catch (Exception e) {
                explain(cluster, e);
            }
            return 1;
        }
    }

    /** While all of it is being stopped, everything fails somehow, and nobody wants to know. */
    private static void explain(Cluster cluster, Exception failure) {
        if (cluster.isClosed()) {
            System.err.println("Stopped.");
            return;
        }
        System.err.println("The drill failed.");
        failure.printStackTrace();
    }

    private Report play() throws Exception {
        cluster.start();
        List<String> descriptions = new ArrayList<>();
        for (TopologyKind topology : options.topologies()) {
            if (!options.faultsOf(topology).isEmpty()) {
                descriptions.add(play(topology));
            }
        }
        Report report =
                new Report(options, descriptions, rows, notPlayed, Duration.ofNanos(System.nanoTime() - started));
        System.out.println(report.text());
        report.write();
        say("with charts: "
                + options.directory().resolve("index.html").toAbsolutePath().normalize());
        return report;
    }

    private String play(TopologyKind topology) throws Exception {
        say(topology.id() + ": starting " + topology.title());
        String description = open(topology);
        List<Fault> faults = options.faultsOf(topology);
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (System.nanoTime() - started > options.mostTime().toNanos()) {
                notPlayed.add(topology.id() + " " + fault.id() + ": the drill's time was over");
                continue;
            }
            try {
                Row row = play(topology, fault);
                rows.add(row);
                say(String.format("%s %d/%d %s", topology.id(), i + 1, faults.size(), line(row)));
            } catch (ChildException | IllegalStateException e) {
                notPlayed.add(topology.id() + " " + fault.id() + ": "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
                say(topology.id() + " " + fault.id() + " could not be played: " + e.getMessage());
                cluster.closeTopology();
                open(topology); // nobody knows what is left of the other one
            }
        }
        cluster.closeTopology();
        return topology.title() + ": " + description;
    }

    private String open(TopologyKind topology) throws Exception {
        String description = cluster.open(topology, options.redis());
        Pauses.spend(WARM_UP);
        awaitNoComplaint(System.currentTimeMillis());
        return description;
    }

    private static String line(Row row) {
        return String.format(
                "%s: %s reads, %d errors%s, p99 %s, longest %s (one call %s), %.2f loads per needed, %s%s",
                row.title(),
                Figures.count(row.reads()),
                row.errors(),
                row.allowedErrors() == 0 ? "" : " (and " + row.allowedErrors() + " of the source)",
                Figures.time(row.p99()),
                Figures.time(row.longest()),
                Figures.time(row.longestCall()),
                row.loadsPerNeeded(),
                row.isNormal()
                        ? "normal after " + Figures.seconds(row.normalAfterMillis())
                        : "NOT NORMAL (" + row.remark() + ")",
                row.oldHere() + row.oldElsewhere() == 0
                        ? ""
                        : ", OLD " + row.oldHere() + "+" + row.oldElsewhere() + " (" + row.example() + ")");
    }

    private Row play(TopologyKind topology, Fault fault) throws Exception {
        cluster.gather(new Gathering(), fault);
        Pauses.spend(BEFORE);
        Gathering before = new Gathering();
        cluster.gather(before, fault);
        Duration length = fault.length(options.usualLength());
        long began = System.currentTimeMillis();
        cluster.begin(fault, length);
        long ended = began;
        if (fault.lasts()) {
            Pauses.spend(length);
            cluster.end(fault);
            ended = System.currentTimeMillis();
        }
        Gathering gathering = new Gathering();
        Course course = awaitNormal(gathering, before, fault, began, ended);
        Row row = gathering.row(topology, fault, course);
        if (!fault.lasts()) {
            cluster.end(fault);
            awaitNoComplaint(System.currentTimeMillis());
        }
        return row;
    }

    private Course awaitNormal(Gathering gathering, Gathering before, Fault fault, long began, long ended)
            throws Exception {
        lastComplaint = "";
        OptionalLong healthy = awaitNoComplaint(ended);
        if (healthy.isEmpty()) {
            cluster.gather(gathering, fault);
            return new Course(began, ended, System.currentTimeMillis(), -1, lastComplaint);
        }
        Duration window = Duration.ofMillis(Calm.BINS * Bin.MILLIS);
        Pauses.spend(Duration.ofMillis(healthy.getAsLong() - System.currentTimeMillis())
                .plus(window)
                .plusMillis(2 * Bin.MILLIS));
        Calm calm = Calm.asIn(
                before.bins(), before.loadsByBin(), Keys.EXPIRING + Node.invalidationsIn(window) * Cluster.NODES);
        while (true) {
            cluster.gather(gathering, fault);
            long now = System.currentTimeMillis();
            OptionalLong since = calm.since(Bin.at(healthy.getAsLong()), gathering.bins(), gathering.loadsByBin());
            if (since.isPresent()) {
                long normal = Math.max(healthy.getAsLong(), since.getAsLong() * Bin.MILLIS);
                return new Course(began, ended, now, normal - ended, lastComplaint);
            }
            if (now - ended > PATIENCE.toMillis()) {
                return new Course(
                        began, ended, now, -1, "more reads fail or are slow than before, or there are more loads");
            }
            Pauses.spend(Duration.ofMillis(2 * Bin.MILLIS));
        }
    }

    /** When no node complains any more, but no earlier than the given time; nothing if one goes on complaining. */
    private OptionalLong awaitNoComplaint(long since) throws InterruptedException {
        while (System.currentTimeMillis() - since < PATIENCE.toMillis()) {
            long asked = System.currentTimeMillis();
            String complaint = cluster.complaint();
            if (complaint.isEmpty()) {
                return OptionalLong.of(asked);
            }
            lastComplaint = complaint;
            Pauses.spend(LOOK);
        }
        return OptionalLong.empty();
    }

    private void say(@Nullable String line) {
        System.out.printf("[%6.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
    }
}
