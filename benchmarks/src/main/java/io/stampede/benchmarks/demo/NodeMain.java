package io.stampede.benchmarks.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An application node: a process with a cache, a pool of database connections and many clients.
 *
 * <p>Its commands:
 *
 * <ul>
 *   <li>{@code open CONTENDER REDIS JDBC THREADS TTL_MILLIS}
 *   <li>{@code herd PRODUCT AT_MILLIS}: all clients read the product once, at the same time
 *   <li>{@code pace PRODUCT EVERY_MILLIS}: all clients read it again and again, until {@code stop}
 *   <li>{@code reads}: the {@link Reads} since the last time
 *   <li>{@code close}
 * </ul>
 */
final class NodeMain {

    private @Nullable Products products;
    private @Nullable Contender contender;
    private @Nullable Clients clients;

    private NodeMain() {}

    public static void main(String... args) throws InterruptedException {
        Commands.serve(new NodeMain()::handle);
    }

    private String handle(String... words) throws Exception {
        switch (words[0]) {
            case "open" -> open(ContenderKind.valueOf(words[1]), Arrays.copyOfRange(words, 2, words.length));
            case "herd" -> clients().herd(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "pace" -> clients().pace(Long.parseLong(words[1]), Duration.ofMillis(Long.parseLong(words[2])));
            case "stop" -> clients().stop();
            case "reads" -> {
                return clients().takeReads().encoded();
            }
            case "close" -> close();
            default -> throw new IllegalArgumentException("Unknown command " + words[0]);
        }
        return "";
    }

    private void open(ContenderKind kind, String... words) throws Exception {
        int threads = Integer.parseInt(words[2]);
        products = new Products(words[1], threads);
        contender = kind.open(words[0], Duration.ofMillis(Long.parseLong(words[3])), products);
        clients = new Clients(contender, threads);
    }

    private void close() throws Exception {
        clients().close();
        Objects.requireNonNull(contender).close();
        Objects.requireNonNull(products).close();
    }

    private Clients clients() {
        return Objects.requireNonNull(clients, "not open");
    }
}
