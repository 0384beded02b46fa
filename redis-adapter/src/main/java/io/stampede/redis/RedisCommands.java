package io.stampede.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All that the protocol needs of a client of Redis, beside the bus; everything else is said by the scripts. Trouble is a
 * failed stage, a {@link io.stampede.spi.RemoteRefusedException} if Redis itself has said no.
 *
 * <p>Implementations are thread-safe and send the commands of one thread in the order of the calls; but
 * what Redis asks to try again comes later.
 */
interface RedisCommands {

    /** Changes as soon as another server than before may answer for the keys of this prefix; before anything is sent to it. */
    long session(byte[] prefix);

    /** A plain {@code GET}; empty for a key that holds something else than a string. */
    CompletionStage<byte @Nullable []> get(byte[] key);

    /** A plain {@code MGET} of at least one key; null for a key that holds something else than a string. */
    CompletionStage<List<byte @Nullable []>> getAll(byte[][] keys);

    /** Runs a script and hands its answer on, a list of {@link Long} and {@code byte[]}. */
    CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... args);
}
