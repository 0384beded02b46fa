package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.process.Commands;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The process of an application node.
 *
 * <p>Its commands:
 *
 * <ul>
 *   <li>{@code connect NUMBER NODES CALLERS CONNECTIONS REDIS JDBC LEDGER}: once
 *   <li>{@code open CONTENDER CONDITIONS...}: an empty cache
 *   <li>{@code fill COUNT AT}: reads its share of the products
 *   <li>{@code herd PRODUCT AT}: all callers read the product once, at the same time
 *   <li>{@code walk COUNT AT}: together the callers read each of the products once, as fast as they can
 *   <li>{@code pace COUNT SCHEDULE...}: each caller begins to read one of the products again and again
 *   <li>{@code write COUNT SCHEDULE...}: begins to write its share of the products
 *   <li>{@code await}: until nobody reads or writes
 *   <li>{@code take}: what has been {@link Seen} since the last time
 *   <li>{@code close}: the cache
 * </ul>
 */
final class NodeMain {

    private final JsonMapper json = new JsonMapper();
    private int number;
    private int nodes;
    private int callers;
    private String redisUri = "";
    private @Nullable Connections connections;
    private @Nullable Ledger ledger;
    private @Nullable Node node;

    private NodeMain() {}

    public static void main(String... args) throws InterruptedException {
        Commands.serve(new NodeMain()::handle);
    }

    private String handle(String... words) throws Exception {
        switch (words[0]) {
            case "connect" -> connect(words);
            case "open" ->
                node = new Node(
                        ContenderKind.valueOf(words[1]),
                        redisUri,
                        Conditions.decode(Arrays.copyOfRange(words, 2, words.length)),
                        Objects.requireNonNull(connections, "not connected"),
                        Objects.requireNonNull(ledger, "not connected"),
                        callers);
            case "fill" ->
                readers().walk(Node.own(Integer.parseInt(words[1]), number, nodes), Long.parseLong(words[2]));
            case "herd" -> readers().herd(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "walk" -> readers().walk(Readers.range(Integer.parseInt(words[1])), Long.parseLong(words[2]));
            case "pace" -> readers().pace(Integer.parseInt(words[1]), Schedule.decode(words[2], words[3], words[4]));
            case "write" ->
                readers()
                        .write(
                                Node.own(Integer.parseInt(words[1]), number, nodes),
                                Schedule.decode(words[2], words[3], words[4]));
            case "await" -> readers().await();
            case "take" -> {
                return json.writeValueAsString(readers().take());
            }
            case "close" -> node().close();
            default -> throw new IllegalArgumentException("Unknown command " + words[0]);
        }
        return "";
    }

    private void connect(String... words) throws Exception {
        number = Integer.parseInt(words[1]);
        nodes = Integer.parseInt(words[2]);
        callers = Integer.parseInt(words[3]);
        redisUri = words[5];
        connections = new Connections(words[6], Integer.parseInt(words[4]));
        ledger = new Ledger(Path.of(words[7]), DatabaseServer.PRODUCTS);
    }

    private Readers readers() {
        return node().readers();
    }

    private Node node() {
        return Objects.requireNonNull(node, "not open");
    }
}
