package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.Contender;
import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.CommandMonitor.Commands;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What calls of a contender cost Redis: the commands that the client sends, and those that scripts run beside. Counted, not
 * measured: it comes out the same each time.
 *
 * @param contender whose
 * @param localHit of a read that its own node can answer
 * @param redisHit of a read that only Redis can answer
 * @param miss of a read that only the source can answer
 * @param put of a write
 * @param invalidate of the end of a value
 */
record CommandCount(
        ContenderKind contender,
        Commands localHit,
        Commands redisHit,
        Commands miss,
        Commands put,
        Commands invalidate) {

    private static final int BATCHES = 3;
    private static final int CALLS = 20;

    static CommandCount of(ContenderKind contender) throws IOException, InterruptedException {
        try (Node node = Node.of(contender, key -> "value");
                Contender other = node.other();
                CommandMonitor monitor = new CommandMonitor(server())) {
            // Scripts are loaded and channels subscribed to at the first use.
            everyCall(node.cache());
            everyCall(other);
            Batches batches = new Batches(monitor);
            Commands miss = batches.perCall(node.cache()::get);
            Commands redisHit = batches.perCall(other::get);
            Commands localHit = batches.perCall(node.cache()::get);
            Commands put = batches.perCall(key -> node.cache().put(key, "put"));
            Commands invalidate = batches.perCall(node.cache()::invalidate);
            return new CommandCount(contender, localHit, redisHit, miss, put, invalidate);
        }
    }

    private static RedisServer server() {
        return Objects.requireNonNull(Node.redis(), "only for contenders whose nodes share a Redis");
    }

    private static void everyCall(Contender cache) {
        cache.get("first");
        cache.put("first", "put");
        cache.invalidate("first");
    }

    /** Calls with keys in the same order each time. */
    private record Batches(CommandMonitor monitor) {

        /** The median over some batches: a heartbeat in one of them does not count. */
        Commands perCall(Consumer<String> call) throws InterruptedException {
            List<Commands> taken = new ArrayList<>();
            monitor.takeWhenQuiet();
            for (int batch = 0; batch < BATCHES; batch++) {
                for (int i = 0; i < CALLS; i++) {
                    call.accept(Texts.key(batch * CALLS + i));
                }
                taken.add(monitor.takeWhenQuiet());
            }
            return new Commands(
                    Spread.of(taken, Commands::sent).median() / CALLS,
                    Spread.of(taken, Commands::inScripts).median() / CALLS);
        }
    }
}
