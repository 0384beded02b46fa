package io.stampede.redis.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;

/** The direction towards the client, cut into replies, so that messages can be taken out. */
final class ReplyPipe extends Pipe {

    private final ByteBuf received = Unpooled.buffer();
    private boolean unreadable;

    ReplyPipe(Faults faults, Channel client) {
        super(faults, FaultProxy.Direction.TO_CLIENT, client);
    }

    @Override
    void pass(ByteBuf bytes) {
        received.writeBytes(bytes);
        bytes.release();
        for (int end = end(); end != Resp.INCOMPLETE; end = end()) {
            unreadable = end == Resp.MALFORMED;
            passReply(received.readBytes(unreadable ? received.readableBytes() : end - received.readerIndex()));
        }
        received.discardReadBytes();
    }

    private int end() {
        return unreadable && received.isReadable() ? Resp.MALFORMED : Resp.end(received, received.readerIndex());
    }

    private void passReply(ByteBuf reply) {
        if (!unreadable && faults.drops(reply)) {
            return;
        }
        if (faults.garbage.length > 0) {
            send(faults.garbage);
        }
        send(reply);
    }

    @Override
    void beforeEnd() {
        send(received.readBytes(received.readableBytes()));
    }
}
