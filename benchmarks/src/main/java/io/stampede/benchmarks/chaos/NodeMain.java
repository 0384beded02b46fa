package io.stampede.benchmarks.chaos;

import io.stampede.benchmarks.process.Commands;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The process of a node.
 *
 * <p>Its commands:
 *
 * <ul>
 *   <li>{@code open NUMBER NODES CACHE SOURCE_PORT ADDRESS...}
 *   <li>{@code run}: begins to read and to write
 *   <li>{@code bound MILLIS}: what is old from now on
 *   <li>{@code take}: what its callers have {@link Observed} since the last time
 *   <li>{@code complaint}: why it is not as it should be, or nothing
 *   <li>{@code close}
 * </ul>
 */
final class NodeMain {

    private final JsonMapper json = new JsonMapper();
    private @Nullable Node node;

    private NodeMain() {}

    public static void main(String... args) throws InterruptedException {
        Commands.serve(new NodeMain()::handle);
    }

    private String handle(String... words) throws Exception {
        switch (words[0]) {
            case "open" ->
                node = new Node(
                        Integer.parseInt(words[1]),
                        Integer.parseInt(words[2]),
                        words[3],
                        Integer.parseInt(words[4]),
                        Address.decode(words, 5));
            case "run" -> node().run();
            case "bound" -> node().bound(Duration.ofMillis(Long.parseLong(words[1])));
            case "take" -> {
                return json.writeValueAsString(node().take());
            }
            case "complaint" -> {
                return node().complaint();
            }
            case "close" -> {
                node().close();
                node = null;
            }
            default -> throw new IllegalArgumentException("Unknown command " + words[0]);
        }
        return "";
    }

    private Node node() {
        return Objects.requireNonNull(node, "not open");
    }
}
