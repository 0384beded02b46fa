package io.stampede.benchmarks.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Two acts, two contenders, one table. */
public final class Demo {

    private final Options options;
    private final Cluster cluster;
    private final long started = System.nanoTime();

    private Demo(Options options, Cluster cluster) {
        this.options = options;
        this.cluster = cluster;
    }

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
            return run(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("The demo can't write temporary files: " + e);
            return 1;
        }
    }

    private static int run(Options options) throws IOException {
        try (Cluster cluster = new Cluster(options)) {
            // For Ctrl-C and SIGTERM.
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-cluster"));
            try {
                new Demo(options, cluster).play();
                return 0;
            } catch (DemoException e) {
                explain(cluster, e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                explain(cluster, "interrupted");
            } catch (Exception e) {
                StringWriter trace = new StringWriter();
                e.printStackTrace(new PrintWriter(trace));
                explain(cluster, trace.toString());
            }
            return 1;
        }
    }

    /** While all of it is being stopped, everything fails somehow, and nobody wants to know. */
    private static void explain(Cluster cluster, @Nullable String failure) {
        System.err.println(cluster.isClosed() ? "Stopped." : "The demo failed: " + failure);
    }

    private void play() throws Exception {
        say("starting Redis, a database and " + options.nodes() + " nodes, each a process of its own");
        Cluster.Servers servers = cluster.start();
        say(servers.redis() + ", " + servers.database() + databaseRemark(servers));
        Map<ContenderKind, Report.Result> herds = new EnumMap<>(ContenderKind.class);
        Map<ContenderKind, Report.Result> expiries = new EnumMap<>(ContenderKind.class);
        try (QueryCount count = new QueryCount(servers.jdbcUrl())) {
            for (ContenderKind contender : ContenderKind.values()) {
                cluster.emptyRedis(servers);
                cluster.onEveryNode(String.join(
                        " ",
                        "open",
                        contender.name(),
                        servers.redisUri(),
                        servers.jdbcUrl(),
                        Integer.toString(options.threads()),
                        Long.toString(Acts.TTL.toMillis())));
                say(contender.title() + ": the nodes are connected");
                Acts acts = new Acts(contender, cluster, count, line -> say(contender.title() + ", " + line));
                acts.warmUp();
                herds.put(contender, acts.coldKeys());
                expiries.put(contender, acts.expiringKey());
                cluster.onEveryNode("close");
            }
        }
        report(servers, List.copyOf(herds.values()), List.copyOf(expiries.values()));
    }

    private String databaseRemark(Cluster.Servers servers) {
        boolean makeshift = options.database() == Options.DatabaseChoice.AUTO
                && !servers.database().startsWith("PostgreSQL");
        return makeshift ? " (PostgreSQL does not run here; --database postgres shows why)" : "";
    }

    private void report(Cluster.Servers servers, List<Report.Result> herds, List<Report.Result> expiries) {
        Report report = new Report();
        report.addAct(
                "Act 1: a cold hot key. " + options.clients() + " clients on " + options.nodes()
                        + " nodes ask for it at one moment; " + Acts.COLD_KEYS + " such keys.",
                "key",
                herds);
        report.addAct(
                "Act 2: the same key expires again and again. Its ttl is " + Acts.TTL.toSeconds()
                        + " s, every client asks every " + Acts.PACE.toMillis() + " ms.",
                "expiry",
                expiries);
        report.addNote("Queries, each about 200 ms, are what the database counted: " + servers.counter() + " of "
                + servers.database() + ".\n"
                + "An expiry is a time when that count began to grow after standing still for half a ttl; there were "
                + expiries.stream()
                        .map(result -> result.queries().size() + " "
                                + result.contender().title())
                        .collect(Collectors.joining(", "))
                + ".\nWritten by hand, a value that Redis is about to let go lives for another ttl in a process that has just"
                + " read it:\nhence the fewer expiries and the older values.");
        System.out.println(report);
        say("done");
    }

    private void say(String line) {
        System.out.printf("[%4.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
    }
}
