package io.stampede.redis.testing;

import io.netty.buffer.ByteBuf;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;

/** How the switches of a {@link FaultProxy} stand. Confined to its event loop. */
final class Faults {

    final Set<FaultProxy.Direction> swallowed = EnumSet.noneOf(FaultProxy.Direction.class);
    long delayNanos;
    byte[] garbage = {};
    int droppedMessages;
    private int messagesToDrop;
    private Predicate<byte[]> whichToDrop = payload -> true;

    void none() {
        swallowed.clear();
        delayNanos = 0;
        garbage = new byte[0];
        messagesToDrop = 0;
    }

    void dropMessages(int count, Predicate<byte[]> which) {
        messagesToDrop = count;
        whichToDrop = which;
    }

    boolean drops(ByteBuf reply) {
        if (messagesToDrop == 0) {
            return false;
        }
        byte[] payload = Resp.published(reply);
        if (payload == null || !whichToDrop.test(payload)) {
            return false;
        }
        messagesToDrop--;
        droppedMessages++;
        return true;
    }
}
