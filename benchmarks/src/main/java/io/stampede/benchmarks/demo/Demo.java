package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.process.ChildException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Four acts, three contenders, and what came out: tables on the terminal, charts on a page. */
public final class Demo {

    private static final Setup WARM_UP = new Setup(Duration.ofMinutes(1), Duration.ofMillis(5), 0);
    private static final int WARM_UP_KEYS = 2_000;

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
            System.err.println("The demo can't write its files: " + e);
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
            } catch (ChildException e) {
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
        cluster.onEveryNode("connect " + servers.redisUri() + " " + servers.jdbcUrl() + " " + options.threads());
        List<Played> played = new ArrayList<>();
        try (DatabaseProbe probe = new DatabaseProbe(servers.jdbcUrl())) {
            warmUp(servers, probe);
            for (int number : options.acts()) {
                Act act = Act.ALL.get(number - 1);
                say("act " + number + ": " + act.title());
                List<Result> results = new ArrayList<>();
                for (ContenderKind contender : ContenderKind.values()) {
                    results.add(play(act, contender, servers, probe));
                }
                played.add(new Played(number, act, results));
            }
        }
        Report report = new Report(options, servers, played);
        System.out.println(report.text());
        report.page().write(options.page());
        say("done; with charts: " + options.page().toAbsolutePath().normalize());
    }

    /** Else whoever comes first would have to wait for the compiler, and the others would profit. It is in no figure. */
    private void warmUp(Cluster.Servers servers, DatabaseProbe probe) throws Exception {
        say("the nodes are connected and warm up");
        for (ContenderKind contender : ContenderKind.values()) {
            Stage stage = open(contender, WARM_UP, servers, probe);
            stage.walk(WARM_UP_KEYS);
            cluster.onEveryNode("close");
        }
    }

    private Result play(Act act, ContenderKind contender, Cluster.Servers servers, DatabaseProbe probe)
            throws Exception {
        Stage stage = open(contender, act.setup(), servers, probe);
        Result result = act.play(stage);
        cluster.onEveryNode("close");
        return result;
    }

    /** New caches, an empty Redis. The caches have been used once, for what is set up by the first use. */
    private Stage open(ContenderKind contender, Setup setup, Cluster.Servers servers, DatabaseProbe probe)
            throws Exception {
        cluster.emptyRedis(servers);
        cluster.onEveryNode("open " + contender.name() + " " + setup.encoded());
        Stage stage = new Stage(contender, cluster, probe, line -> say("  " + contender.title() + ": " + line));
        stage.herd(0);
        stage.reads();
        return stage;
    }

    private String databaseRemark(Cluster.Servers servers) {
        boolean makeshift = options.database() == Options.DatabaseChoice.AUTO
                && !servers.database().startsWith("PostgreSQL");
        return makeshift ? " (PostgreSQL does not run here; --database postgres shows why)" : "";
    }

    private void say(String line) {
        System.out.printf("[%5.1f s] %s%n", (System.nanoTime() - started) / 1e9, line);
    }
}
