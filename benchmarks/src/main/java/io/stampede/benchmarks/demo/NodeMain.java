package io.stampede.benchmarks.demo;

import io.stampede.benchmarks.process.Commands;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An application node: a process with a cache, a pool of database connections and many clients.
 *
 * <p>Its commands:
 *
 * <ul>
 *   <li>{@code connect REDIS JDBC THREADS}: once
 *   <li>{@code open CONTENDER TTL_MILLIS QUERY_MILLIS MAX_CONCURRENT_LOADS}: an empty cache
 *   <li>{@code herd PRODUCT AT_MILLIS}: all clients read the product once, at the same time
 *   <li>{@code walk FIRST COUNT AT_MILLIS}: together the clients read each of the products once, as fast as they can
 *   <li>{@code pace FIRST COUNT EVERY_MILLIS}: all clients read one of the products again and again, until {@code stop}
 *   <li>{@code reads}: the {@link Reads} since the last time
 *   <li>{@code close}: the cache
 * </ul>
 */
final class NodeMain {

    private String redisUri = "";
    private int threads;
    private @Nullable Connections connections;
    private @Nullable Contender contender;
    private @Nullable Clients clients;

    private NodeMain() {}

    public static void main(String... args) throws InterruptedException {
        Commands.serve(new NodeMain()::handle);
    }

    private String handle(String... words) throws Exception {
        switch (words[0]) {
            case "connect" -> connect(words[1], words[2], Integer.parseInt(words[3]));
            case "open" -> open(ContenderKind.valueOf(words[1]), Setup.decode(words[2], words[3], words[4]));
            case "herd" -> clients().herd(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "walk" -> clients().walk(range(words[1], words[2]), Long.parseLong(words[3]));
            case "pace" -> clients().pace(range(words[1], words[2]), Duration.ofMillis(Long.parseLong(words[3])));
            case "stop" -> clients().stop();
            case "reads" -> {
                return clients().takeReads().encoded();
            }
            case "close" -> close();
            default -> throw new IllegalArgumentException("Unknown command " + words[0]);
        }
        return "";
    }

    private void connect(String redisUri, String jdbcUrl, int threads) throws SQLException {
        this.redisUri = redisUri;
        this.threads = threads;
        this.connections = new Connections(jdbcUrl, threads);
    }

    private void open(ContenderKind kind, Setup setup) {
        Connections pool = Objects.requireNonNull(connections, "not connected");
        contender = kind.open(redisUri, setup, new Products(pool, setup.query()));
        clients = new Clients(contender, threads);
    }

    private void close() {
        clients().close();
        Objects.requireNonNull(contender).close();
    }

    private Clients clients() {
        return Objects.requireNonNull(clients, "not open");
    }

    private static ProductRange range(String first, String count) {
        return new ProductRange(Long.parseLong(first), Integer.parseInt(count));
    }
}
