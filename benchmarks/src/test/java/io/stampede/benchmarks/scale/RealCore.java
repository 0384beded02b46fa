package io.stampede.benchmarks.scale;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.spi.RemoteNamespace;
import io.stampede.testing.InMemoryRemote;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** One key in a cluster of real caches over the core's double of Redis, in virtual time. */
final class RealCore {

    private static final double NANOS = 1e9;

    private final VirtualTime time;
    private final World world;
    private final double reads;
    private final Chance chance;
    private final List<StampedeCache<String, String>> nodes;
    private final AtomicLong commands = new AtomicLong();

    long loads;
    long waits;

    RealCore(World world, double reads, long seed) {
        this.world = world;
        this.reads = reads;
        this.chance = new Chance(seed);
        this.time = new VirtualTime(seed);
        InMemoryRemote remote = new InMemoryRemote(time::micros);
        remote.intercept(new InMemoryRemote.Interceptor() {
            @Override
            public void before(RemoteNamespace asker, String operation, String key) {
                if (!operation.equals("generation")) {
                    commands.incrementAndGet();
                }
            }
        });
        this.nodes = IntStream.range(0, world.nodes())
                .mapToObj(node -> StampedeCache.<String, String>builder("scale")
                        .ttl(Duration.ofNanos((long) (world.ttl() * NANOS)))
                        .jitter(world.jitter())
                        .earlyRefresh(world.beta())
                        .environment(time)
                        .remote(remote, Codec.strings())
                        .build())
                .toList();
        nextRead();
    }

    private void nextRead() {
        time.schedule(this::read, (long) (NANOS * chance.exponential() / reads));
    }

    private void read() {
        nextRead();
        long asked = time.nanoTime();
        CompletableFuture<String> value = nodes.get(chance.node(nodes.size())).getAsync("key", key -> load());
        value.thenRun(() -> {
            if (time.nanoTime() > asked) {
                waits++;
            }
        });
    }

    private CompletableFuture<String> load() {
        loads++;
        CompletableFuture<String> loaded = new CompletableFuture<>();
        time.schedule(() -> loaded.complete("value"), (long) (NANOS * world.load()));
        return loaded;
    }

    void runFor(double seconds) {
        time.runUntil((long) (NANOS * seconds));
    }

    /** Sent to Redis because of reads: without the heartbeats. */
    long commands() {
        return commands.get();
    }
}
