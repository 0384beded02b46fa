package io.stampede.benchmarks.chaos;

import io.stampede.CallOptions;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.LoadFailedElsewhereException;
import io.stampede.LoadRejectedException;
import io.stampede.LoadTimeoutException;
import io.stampede.Result;
import io.stampede.StampedeCache;
import io.stampede.StampedeException;
import io.stampede.WriteResult;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** A cache under load, and what its callers see. */
final class Node {

    static final Duration SUSPECT_AFTER = Duration.ofSeconds(1);
    static final Duration LEASE_TTL = Duration.ofSeconds(2);

    private static final Duration STALE_ON_ERROR = Duration.ofSeconds(30);
    private static final CallOptions LONG = CallOptions.none().ttl(Keys.LONG_TTL);
    private static final int READERS = 64;
    private static final Duration READ_EVERY = Duration.ofMillis(160);
    private static final Duration WRITE_EVERY = Duration.ofMillis(500);

    private final int number;
    private final Keys keys;
    private final Versions versions = new Versions();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final SourceClient source;
    private final StampedeCache<String, String> cache;
    private final Callers callers = new Callers();
    private volatile long boundMillis = SUSPECT_AFTER.toMillis();
    private volatile Recorder recorder = new Recorder();

    /**
     * @param number from 0
     * @param cacheName of the cache, and of its connections
     */
    Node(int number, int nodes, String cacheName, int sourcePort, Address address) throws IOException {
        this.number = number;
        this.keys = new Keys(nodes);
        this.source = new SourceClient(sourcePort, number);
        List<AutoCloseable> connections = new ArrayList<>();
        this.cache = StampedeCache.<String, String>builder(cacheName)
                .ttl(Keys.TTL)
                .leaseTtl(LEASE_TTL)
                .suspectAfter(SUSPECT_AFTER)
                .staleOnError(STALE_ON_ERROR)
                .backoff(Duration.ofMillis(100), Duration.ofSeconds(1))
                .remote(address.connect(cacheName, connections), Codec.strings())
                .build();
        opened.add(source);
        opened.addAll(connections);
        opened.add(cache);
        opened.add(callers::end);
        source.hear(this::hear);
    }

    /** On average: every other write is one. */
    static double invalidationsIn(Duration time) {
        return (double) time.toMillis() / WRITE_EVERY.toMillis() / 2;
    }

    private void hear(Returned write) {
        if (write.node() == number) {
            return;
        }
        if (write.result() == WriteResult.EVERYWHERE) {
            versions.writtenElsewhere(write.key(), write.version(), write.atMillis());
        } else {
            versions.queuedElsewhere(write.key(), write.version());
        }
    }

    /** From now on its callers read and write. */
    void run() {
        callers.start("reader", READERS, READ_EVERY, (due, dueMillis) -> read(keys.any(), due, dueMillis));
        callers.start("writer", 1, WRITE_EVERY, (due, dueMillis) -> write(keys.anyWrittenBy(number)));
    }

    /** How long from now on other nodes' writes may take to end an older value here. */
    void bound(Duration bound) {
        boundMillis = bound.toMillis();
    }

    private void read(String key, long due, long dueMillis) {
        Recorder current = recorder;
        long here = versions.oldestHere(key);
        long begunMillis = System.currentTimeMillis();
        boolean failed = false;
        long begun = System.nanoTime();
        try {
            Result<String> result = get(key);
            current.served(result.source().name());
            judge(current, key, here, begunMillis, result);
        } catch (SourceFailedException
                | LoadFailedElsewhereException
                | LoadRejectedException
                | LoadTimeoutException e) {
            current.sourceFailed(e.getClass().getSimpleName());
            failed = true;
        } catch (RuntimeException | Error e) {
            current.failed(e.toString());
            e.printStackTrace();
            failed = true;
        }
        long ended = System.nanoTime();
        current.read(dueMillis, ended - due, ended - begun, failed);
    }

    private Result<String> get(String key) {
        return cache.getResult(key, this::load, Keys.isWritten(key) ? LONG : CallOptions.none());
    }

    private String load(String key) throws IOException {
        return value(key, source.load(key));
    }

    private void judge(Recorder current, String key, long here, long begunMillis, Result<String> result) {
        long version = version(key, result);
        String what = "node " + number + " got version " + version + " of " + key + " from " + result.source();
        if (version < here) {
            current.oldHere(what + " and had written " + here);
        }
        if (result.source() != Result.Source.SUSPECT) {
            long outdated = versions.outdatedMillis(key, version, begunMillis);
            current.outdated(outdated);
            if (outdated > boundMillis) {
                current.oldElsewhere(what + ", " + outdated + " ms after another node had written a newer one");
            }
        }
    }

    private static long version(String key, Result<String> result) {
        String[] parts = String.valueOf(result.value()).split(":", -1);
        if (!parts[0].equals(key)) {
            throw new IllegalStateException("Asked for " + key + ", got " + result);
        }
        return Long.parseLong(parts[1]);
    }

    private static String value(String key, long version) {
        return key + ":" + version;
    }

    private void write(String key) {
        Recorder current = recorder;
        try {
            long version = source.write(key);
            boolean put = ThreadLocalRandom.current().nextBoolean();
            WriteResult result = put ? cache.put(key, value(key, version), LONG) : cache.invalidate(key);
            long at = System.currentTimeMillis();
            versions.writtenHere(key, version);
            source.returned(new Returned(number, key, version, result, at, put ? 0 : 1));
        } catch (IOException | RuntimeException | Error e) {
            current.failed("write: " + e);
            e.printStackTrace();
        }
    }

    /** What the callers have seen since the last time; reads that are under way count with the next. */
    Observed take() {
        Recorder taken = recorder;
        recorder = new Recorder();
        return taken.observed();
    }

    /** Why this node is not as it should be, or nothing: its health, and what it serves against what has been written. */
    String complaint() {
        Health health = cache.deepHealth();
        if (health.status() != Health.Status.UP) {
            return health.parts().stream()
                    .filter(part -> part.status() != Health.Status.UP)
                    .map(part -> part.name() + ": " + part.reason())
                    .collect(Collectors.joining("; "));
        }
        try {
            return keys.written().stream()
                    .map(this::complaint)
                    .filter(complaint -> !complaint.isEmpty())
                    .findFirst()
                    .orElse("");
        } catch (SourceFailedException | StampedeException e) {
            return e.toString();
        }
    }

    private String complaint(String key) {
        long newest = versions.newest(key);
        Result<String> result = get(key);
        if (version(key, result) < newest) {
            return key + " has version " + version(key, result) + " and not " + newest;
        }
        return result.source() == Result.Source.SUSPECT ? key + " is suspect" : "";
    }

    /** Ends the load, and the cache with all that it has opened. */
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.removeLast().close();
        }
    }
}
