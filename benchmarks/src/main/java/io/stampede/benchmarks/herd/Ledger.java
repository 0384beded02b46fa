package io.stampede.benchmarks.herd;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Which writes have returned, and when: memory that all nodes of the machine share, so that a read on one node can be
 * judged by a write on another without a message that would come too late. Thread-safe, with one writer for each product.
 */
final class Ledger {

    /** How many writes of a product are remembered. */
    private static final int REMEMBERED = 64;

    private static final int SLOTS = REMEMBERED + 1;
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    /** @param products numbered from 0 */
    Ledger(Path file, int products) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            memory = channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) products * SLOTS * Long.BYTES)
                    .order(ByteOrder.nativeOrder());
        }
    }

    /** The write that made this version has returned, with all it does to caches. */
    void written(long product, long version, long atMillis) {
        LONGS.setRelease(memory, at(product, slot(version)), atMillis);
        LONGS.setRelease(memory, at(product, 0), version);
    }

    /** The newest version whose write has returned. */
    long newest(long product) {
        return (long) LONGS.getAcquire(memory, at(product, 0));
    }

    /** For how long a value of this version had been overwritten by then; 0 if it was the newest that is known of. */
    long outdatedMillis(long product, long version, long newest, long atMillis) {
        if (version >= newest) {
            return 0;
        }
        long overwrittenBy = Math.max(version + 1, newest - REMEMBERED + 2);
        return Math.max(0, atMillis - (long) LONGS.getAcquire(memory, at(product, slot(overwrittenBy))));
    }

    private static int slot(long version) {
        return 1 + (int) (version % REMEMBERED);
    }

    private static int at(long product, int slot) {
        return Math.toIntExact((product * SLOTS + slot) * Long.BYTES);
    }
}
