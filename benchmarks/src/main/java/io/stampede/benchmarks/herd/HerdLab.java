package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.process.ChildException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Plays each act with each contender, and tells what came out: tables on the terminal, data, charts on a page. */
public final class HerdLab {

    private static final Conditions WARM_UP = new Conditions(Duration.ofMinutes(1), Duration.ofMillis(2));
    private static final int WARM_UP_KEYS = 1_000;

    /** Of no act: read once by everybody, for what is set up by the first use. */
    private static final int FIRST_PRODUCT = DatabaseServer.PRODUCTS - 1;

    private final Options options;
    private final Cluster cluster;
    private final JsonMapper json = new JsonMapper();
    private final long started = System.nanoTime();

    private HerdLab(Options options, Cluster cluster) {
        this.options = options;
        this.cluster = cluster;
    }

    /**
     * Runs the lab.
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
            return run(options, commandLine(List.of(args)));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return 2;
        } catch (IOException e) {
            System.err.println("The lab can't write its files: " + e);
            return 1;
        }
    }

    /** What makes a difference to the figures. */
    private static String commandLine(List<String> args) {
        List<String> words = new ArrayList<>(args);
        int out = words.indexOf("--out");
        if (out >= 0) {
            words.subList(out, out + 2).clear();
        }
        return String.join(" ", words);
    }

    private static int run(Options options, String args) throws IOException {
        try (Cluster cluster = new Cluster(options)) {
            // For Ctrl-C and SIGTERM.
            Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-cluster"));
            try {
                new HerdLab(options, cluster).play(args);
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
        System.err.println(cluster.isClosed() ? "Stopped." : "The lab failed: " + failure);
    }

    private void play(String args) throws Exception {
        say("starting Redis, a database and " + options.nodes() + " nodes, each a process of its own");
        Cluster.Servers servers = cluster.start();
        say(servers.redis() + ", " + servers.database() + databaseRemark(servers));
        List<Played> played = new ArrayList<>();
        try (DatabaseProbe probe = new DatabaseProbe(servers.jdbcUrl());
                SourceCondition source = new SourceCondition(servers.jdbcUrl())) {
            Stage stage = new Stage(options, cluster, source);
            warmUp(stage);
            for (Act act : options.acts()) {
                played.add(play(act, stage, probe));
            }
        }
        Outcome outcome = Machine.outcome(
                List.of(servers.redis(), servers.database()),
                "./mvnw -q -Pherd" + (args.isEmpty() ? "" : " -Dherd.args=\"" + args + "\""),
                options.nodes() + " nodes with " + options.callers() + " callers and " + options.connections()
                        + " database connections each",
                played);
        Report report = new Report(outcome);
        System.out.println(report.text());
        report.write(options.directory());
        say("done; with charts: "
                + options.directory().resolve("index.html").toAbsolutePath().normalize());
    }

    /** Else whoever comes first would have to wait for the compiler, and the others would profit. It is in no figure. */
    private void warmUp(Stage stage) throws Exception {
        say("the nodes are connected and warm up");
        for (ContenderKind contender : options.contenders()) {
            open(contender, WARM_UP, stage);
            stage.walk(WARM_UP_KEYS);
            cluster.onEveryNode("close");
        }
    }

    private Played play(Act act, Stage stage, DatabaseProbe probe) throws Exception {
        say(act.title());
        List<Row> rows = new ArrayList<>();
        for (ContenderKind contender : options.contenders()) {
            Row row = play(act, contender, stage, probe);
            rows.add(row);
            say(String.format(
                    Locale.ROOT,
                    "  %-28s %,d queries, %.2f per occasion, %.2f %% of the reads late, %,d errors",
                    row.label(),
                    row.queries(),
                    row.loads().perOccasion(),
                    row.latePercent(),
                    row.errorCount()));
        }
        return new Played(
                act.id(), act.title(), act.story(options), act.conditions().settings(), act.hasFault(), rows);
    }

    private Row play(Act act, ContenderKind contender, Stage stage, DatabaseProbe probe) throws Exception {
        open(contender, act.conditions(), stage);
        act.prepare(stage);
        cluster.onEveryNode("take");
        long beganMillis = System.currentTimeMillis();
        Timeline timeline;
        try (Sampler sampler = new Sampler(probe)) {
            act.play(stage);
            timeline = sampler.timeline();
        }
        long took = System.currentTimeMillis() - beganMillis;
        List<Seen> seen = new ArrayList<>();
        for (String node : cluster.onEveryNode("take")) {
            seen.add(json.readValue(node, Seen.class));
        }
        cluster.onEveryNode("close");
        return Row.of(
                Options.id(contender),
                contender.label(),
                timeline,
                seen,
                act.conditions().ttl(),
                beganMillis,
                took);
    }

    /** New caches, an empty Redis. The caches have been used once, for what is set up by the first use. */
    private void open(ContenderKind contender, Conditions conditions, Stage stage) throws Exception {
        cluster.redis("empty");
        cluster.onEveryNode("open " + contender.name() + " " + conditions.encoded());
        stage.herd(FIRST_PRODUCT);
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
