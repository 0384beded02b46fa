package io.stampede.redis;

import static io.stampede.redis.Samples.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.util.concurrent.EventExecutor;
import io.stampede.redis.testing.RedisServer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** KNOWN-BUG 47: a link goes on connecting, whatever becomes of one connection. */
class LinkTest {

    private static final RedisServer REDIS = RedisServer.startEmbedded("--cluster-enabled", "yes");

    static {
        REDIS.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    }

    private final RedisClusterClient client = OwnClient.create(List.of(OwnClient.parse(REDIS.uri())), null, null);
    private final EventExecutor executor =
            client.getResources().eventExecutorGroup().next();
    private final Wire<StatefulRedisClusterConnection<byte[], byte[]>> wire =
            new ClusterServers(REDIS.uri(), client).data();

    @AfterEach
    void shutDown() {
        client.shutdown();
    }

    @AfterAll
    static void stop() {
        REDIS.close();
    }

    /** Lettuce throws then, rather than failing what is asked of it. */
    @Test
    void aConnectionThatIsLostWhileItIsTakenIntoUseIsReplaced() {
        Link<?> link = new LettuceCommands<>(REDIS.uri(), new LostOnce(wire), executor).link();
        link.open();
        eventually().until(() -> link.openings() > 1 && link.connection() != null);
        link.close();
    }

    @Test
    void whoFailsToFollowAConnectionDoesNotEndTheLink() {
        AtomicInteger ups = new AtomicInteger();
        Link<?> link = new Link<>("A link", wire, executor, new Link.Events<>() {
            @Override
            public void up(StatefulRedisClusterConnection<byte[], byte[]> connection) {
                if (ups.incrementAndGet() == 1) {
                    throw new IllegalStateException("up fails");
                }
            }

            @Override
            public void down() {
                throw new IllegalStateException("down fails");
            }
        });
        link.open();
        eventually().until(() -> ups.get() > 1 && link.connection() != null);
        link.close();
        assertThat(executor.isShuttingDown()).isFalse();
    }

    /** A heartbeat goes on after one that failed. */
    @Test
    void aSignOfLifeThatCantBeAskedForIsAskedForAgain() {
        AtomicInteger asked = new AtomicInteger();
        LettuceCommands<?> commands = new LettuceCommands<>(
                REDIS.uri(),
                new Delegate(wire) {
                    @Override
                    public CompletionStage<?> signOfLife(StatefulRedisClusterConnection<byte[], byte[]> connection) {
                        asked.incrementAndGet();
                        throw new IllegalStateException("it can't be asked");
                    }
                },
                executor);
        commands.link().open();
        eventually().until(() -> commands.link().connection() != null);
        long minute = TimeUnit.MINUTES.toNanos(1);
        commands.link().check(minute);
        commands.link().check(minute);
        assertThat(asked).hasValue(2);
        commands.link().close();
    }

    /** Closes the first connection just before it is used. */
    private static final class LostOnce extends Delegate {

        private boolean lost;

        LostOnce(Wire<StatefulRedisClusterConnection<byte[], byte[]>> wire) {
            super(wire);
        }

        @Override
        public void whenLost(StatefulRedisClusterConnection<byte[], byte[]> connection, Runnable tell) {
            super.whenLost(connection, tell);
            if (!lost) {
                lost = true;
                tell.run();
            }
        }
    }

    private static class Delegate implements Wire<StatefulRedisClusterConnection<byte[], byte[]>> {

        private final Wire<StatefulRedisClusterConnection<byte[], byte[]>> wire;

        Delegate(Wire<StatefulRedisClusterConnection<byte[], byte[]>> wire) {
            this.wire = wire;
        }

        @Override
        public CompletionStage<StatefulRedisClusterConnection<byte[], byte[]>> open() {
            return wire.open();
        }

        @Override
        public RedisClusterAsyncCommands<byte[], byte[]> commands(
                StatefulRedisClusterConnection<byte[], byte[]> connection) {
            return wire.commands(connection);
        }

        @Override
        public void whenLost(StatefulRedisClusterConnection<byte[], byte[]> connection, Runnable tell) {
            wire.whenLost(connection, tell);
        }

        @Override
        public CompletionStage<?> signOfLife(StatefulRedisClusterConnection<byte[], byte[]> connection) {
            return wire.signOfLife(connection);
        }
    }
}
