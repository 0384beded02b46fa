package io.stampede.redis.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** One direction of one proxied connection. Confined to the proxy's event loop. */
class Pipe extends ChannelInboundHandlerAdapter {

    final Faults faults;
    private final FaultProxy.Direction direction;
    private final Channel target;
    private final Queue<Runnable> onItsWay = new ArrayDeque<>();
    private long lastDue = System.nanoTime();
    private boolean silent;

    Pipe(Faults faults, FaultProxy.Direction direction, Channel target) {
        this.faults = faults;
        this.direction = direction;
        this.target = target;
    }

    /** From now on nothing comes through, neither bytes nor the news that the connection has ended. */
    final void silence() {
        silent = true;
    }

    @Override
    public final void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (swallows()) {
            bytes.release();
        } else {
            pass(bytes);
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        if (!swallows()) {
            beforeEnd();
            inOrder(target::close);
        }
    }

    /** No TCP stream goes on behind a hole: what has lost one byte loses all that follow. */
    private boolean swallows() {
        silent |= faults.swallowed.contains(direction);
        return silent;
    }

    void pass(ByteBuf bytes) {
        send(bytes);
    }

    /** The source has closed the connection; what is left must be sent now. */
    void beforeEnd() {}

    final void send(ByteBuf bytes) {
        inOrder(() -> target.writeAndFlush(bytes));
    }

    final void send(byte[] bytes) {
        if (!swallows()) {
            send(Unpooled.copiedBuffer(bytes));
        }
    }

    /** Each timer takes the oldest and not its own, since two timers that are due together may fire in any order. */
    private void inOrder(Runnable arrival) {
        long now = System.nanoTime();
        long due = now + faults.delayNanos;
        if (onItsWay.isEmpty() && due == now) {
            arrival.run();
            return;
        }
        lastDue = due - lastDue > 0 ? due : lastDue;
        onItsWay.add(arrival);
        target.eventLoop().schedule(() -> onItsWay.remove().run(), lastDue - now, TimeUnit.NANOSECONDS);
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
