package io.stampede.redis.testing;

import java.util.List;
import java.util.stream.Stream;

/**
 * A slot on its way from one primary of a {@link RedisCluster} to another, while clients use it.
 *
 * <p>Until {@link #finish()} the old owner serves the keys it still has and answers {@code ASK} for all others, and
 * {@code TRYAGAIN} to a command whose keys are some here and some there. Not thread-safe.
 */
public final class SlotMove {

    private static final int BATCH = 100;
    private static final String TIMEOUT_MS = "5000";

    private final String slot;
    private final RedisServer from;
    private final RedisServer to;
    private final String toId;
    private final List<RedisServer> otherPrimaries;

    SlotMove(int slot, RedisServer from, RedisServer to, List<RedisServer> otherPrimaries) {
        this.slot = Integer.toString(slot);
        this.from = from;
        this.to = to;
        this.otherPrimaries = otherPrimaries;
        this.toId = id(to);
        // The other way round, a client could be sent to a node that knows nothing of its new slot.
        to.command("CLUSTER", "SETSLOT", this.slot, "IMPORTING", id(from));
        from.command("CLUSTER", "SETSLOT", this.slot, "MIGRATING", toId);
    }

    /**
     * Moves some keys, those that the old owner names first.
     *
     * @return how many there were to move, up to {@code atMost}
     */
    public int moveKeys(int atMost) {
        List<?> keys = (List<?>) from.command("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(atMost));
        if (keys == null || keys.isEmpty()) {
            return 0;
        }
        String password = to.password();
        Stream<String> auth = password == null ? Stream.of() : Stream.of("AUTH", password);
        Stream<String> target = Stream.of("MIGRATE", to.host(), Integer.toString(to.port()), "", "0", TIMEOUT_MS);
        from.command(Stream.of(target, auth, Stream.of("KEYS"), keys.stream().map(String::valueOf))
                .flatMap(words -> words)
                .toArray(String[]::new));
        return keys.size();
    }

    /** Moves what is left and gives the slot to its new owner. */
    public void finish() {
        while (moveKeys(BATCH) > 0) {
            // until the old owner has none left
        }
        // The new owner first: were it the old one, each would send clients to the other for a moment.
        Stream.concat(Stream.of(to, from), otherPrimaries.stream())
                .forEach(primary -> primary.command("CLUSTER", "SETSLOT", slot, "NODE", toId));
    }

    private static String id(RedisServer node) {
        return String.valueOf(node.command("CLUSTER", "MYID"));
    }
}
