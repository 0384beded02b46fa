package io.stampede.redis;

import static io.stampede.redis.RedisKeys.ascii;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.netty.util.concurrent.EventExecutor;
import io.stampede.spi.BusMessage;
import io.stampede.spi.InvalidationBus.Subscriber;
import io.stampede.spi.InvalidationBus.Subscription;
import io.stampede.spi.RemoteNamespace;
import io.stampede.spi.RemoteTier;
import io.stampede.spi.Token;
import io.stampede.testing.Holding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis in which a test makes what it likes of a key's past: each operation begins with what the double held. It
 * is one cache's, and its bus is heard.
 */
final class TwinRedis implements AutoCloseable {

    private static final byte[] NOTHING = {};
    private static final byte[] MARKER = ascii("the end of what a command has told");
    private static final long PATIENCE_SECONDS = 20;

    /** The one lifetime that a script knows by itself, that of a state which was lost. So it isn't stretched. */
    private static final long LOST_STATE_MILLIS = 3_600_000;

    /**
     * KEYS: the state and, for a key or tag, value, lease, tag. ARGV: for the state the generation, the number of
     * messages, when it ends; for each other its text and when it ends. Empty for what isn't there.
     */
    private static final byte[] STAGE = ascii("""
                    redis.call('DEL', unpack(KEYS))
                    if ARGV[3] ~= '' then
                      redis.call('HSET', KEYS[1], 'n', ARGV[2])
                      if ARGV[1] ~= '' then
                        redis.call('HSET', KEYS[1], 'g', ARGV[1])
                      end
                      redis.call('PEXPIREAT', KEYS[1], ARGV[3])
                    end
                    for i = 2, #KEYS do
                      if ARGV[2 * i + 1] ~= '' then
                        redis.call('SET', KEYS[i], ARGV[2 * i], 'PXAT', ARGV[2 * i + 1])
                      end
                    end
                    """);

    /**
     * KEYS as above. ARGV: the bus channel, and what to tell it. Answers the time, and for each key its TTL, and its text
     * or its generation and number of messages.
     */
    private static final byte[] LOOK = ascii("""
                    local time = redis.call('TIME')
                    local all = {time[1] * 1000000 + time[2]}
                    for _, key in ipairs(KEYS) do
                      local isHash = redis.call('TYPE', key).ok == 'hash'
                      local held = isHash and redis.call('HMGET', key, 'g', 'n') or redis.call('GET', key)
                      all[#all + 1] = {redis.call('PTTL', key), held}
                    end
                    redis.call('PUBLISH', ARGV[1], ARGV[2])
                    return all
                    """);

    private final AbstractRedisClient client;
    private final RedisTier connection;
    private final LettuceCommands<?> lettuce;

    /** On the same connection, so that what is sent stays in order without waiting. */
    private final RedisClusterAsyncCommands<byte[], byte[]> direct;

    private final String cache;
    private final byte[] channel;
    private final Subscription subscription;
    private final BlockingQueue<Optional<BusMessage>> told = new LinkedBlockingQueue<>();
    private final List<CompletionStage<?>> staging = new ArrayList<>();

    private <C extends StatefulConnection<byte[], byte[]>> TwinRedis(
            AbstractRedisClient client, RedisTier connection, Servers servers, Wire<C> wire, String cache) {
        this.client = client;
        this.connection = connection;
        this.cache = cache;
        this.channel = ascii(RedisKeys.onOneServer(cache).channel());
        EventExecutor executor = client.getResources().eventExecutorGroup().next();
        LettuceCommands<C> commands = new LettuceCommands<>(servers.address(), wire, executor);
        Samples.done(commands.link().open());
        this.lettuce = commands;
        @SuppressWarnings("unchecked") // since it was opened by this wire
        C opened = (C) Objects.requireNonNull(commands.link().connection());
        this.direct = wire.commands(opened);
        BlockingQueue<Boolean> up = new LinkedBlockingQueue<>();
        this.subscription =
                connection.bus(new RemoteNamespace(cache, Samples.token())).subscribe(new Listener(up));
        next(up);
    }

    /** One server. */
    static TwinRedis standalone(String uri, String cache) {
        RedisClient client = RedisClient.create(uri);
        OneServer server = OneServer.at(client, RedisURI.create(uri));
        return new TwinRedis(client, RedisTier.connect(uri), server, server.data(), cache);
    }

    /** A Redis Cluster. */
    static TwinRedis cluster(String seed, String cache) {
        RedisClusterClient client = RedisClusterClient.create(seed);
        ClusterServers servers = new ClusterServers(seed, client);
        return new TwinRedis(client, RedisTier.connectCluster(seed), servers, servers.data(), cache);
    }

    private final class Listener implements Subscriber {
        private final BlockingQueue<Boolean> up;

        Listener(BlockingQueue<Boolean> up) {
            this.up = up;
        }

        @Override
        public void onMessage(BusMessage message) {
            told.add(Optional.of(message));
        }

        /** It is the marker. */
        @Override
        public void onUnknownMessage() {
            told.add(Optional.empty());
        }

        @Override
        public void onUp() {
            up.add(true);
        }

        @Override
        public void onDown() {
            // what gets lost now makes a difference
        }
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("The bus tells nothing");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    String cache() {
        return cache;
    }

    /** The cache's keys, in as many parts as the double has. */
    RedisKeys keys(int parts) {
        return new RedisKeys(cache, IntStream.range(0, parts).toArray());
    }

    /**
     * A node's view.
     *
     * @param scripts what is sent for each, to break something on purpose; else its source
     */
    RemoteTier tier(RedisKeys keys, RemoteNamespace namespace, Function<Script, String> scripts) {
        return new RedisRemoteTier(new ChangedScripts(lettuce, direct, scripts), keys, namespace);
    }

    /** The keys that belong to a name, all in one slot; only the part's where there is no name. */
    private static byte[][] places(RedisKeys keys, int part, @Nullable String name) {
        return name == null
                ? new byte[][] {keys.state(part)}
                : new byte[][] {keys.state(part), keys.value(name), keys.lease(name), keys.tag(name)};
    }

    /** Makes it so, before anything that is sent from now on. */
    void stage(RedisKeys keys, int part, @Nullable String name, Holding holding, StretchedTime time) {
        List<byte[]> args = new ArrayList<>();
        Holding.State state = holding.state();
        args.add(
                state == null || state.generation() == null
                        ? NOTHING
                        : state.generation().toBytes());
        args.add(state == null ? NOTHING : ascii(Long.toString(state.messages())));
        args.add(state == null ? NOTHING : end(state.endsAtMicros(), time));
        if (name != null) {
            Holding.Entry entry = holding.entry();
            args.add(entry == null ? NOTHING : time.toServer(entry.bytes()));
            args.add(entry == null ? NOTHING : end(entry.endsAtMicros(), time));
            Holding.Mark lease = holding.lease();
            args.add(lease == null ? NOTHING : lease.token().toBytes());
            args.add(lease == null ? NOTHING : end(lease.endsAtMicros(), time));
            Holding.Mark tag = holding.tag();
            args.add(tag == null ? NOTHING : tag(tag, time));
            args.add(tag == null ? NOTHING : end(tag.endsAtMicros(), time));
        }
        staging.add(direct.eval(STAGE, ScriptOutputType.STATUS, places(keys, part, name), args.toArray(byte[][]::new)));
    }

    private static byte[] end(long micros, StretchedTime time) {
        return ascii(Long.toString(time.endOnServer(micros)));
    }

    private static byte[] tag(Holding.Mark tag, StretchedTime time) {
        long since = tag.sinceMicros() == 0 ? 0 : time.toServer(tag.sinceMicros());
        return ByteBuffer.allocate(32)
                .put(tag.token().toBytes())
                .put(ascii(String.format("%016d", since)))
                .array();
    }

    /** What is there now, and what the bus was told since the last look. */
    Seen look(RedisKeys keys, int part, @Nullable String name, StretchedTime time) {
        staging.forEach(Samples::done);
        staging.clear();
        List<Object> all = Samples.done(
                direct.<List<Object>>eval(LOOK, ScriptOutputType.MULTI, places(keys, part, name), channel, MARKER));
        long micros = (Long) all.get(0);
        if (!time.isStill(micros)) {
            throw new IllegalStateException("The machine stood still for too long, or its clock was set");
        }
        Place place = new Place(time, micros);
        Holding holding = new Holding(
                time.simulated(),
                name == null ? null : place.entry(all.get(2)),
                name == null ? null : place.mark(all.get(3)),
                name == null ? null : place.mark(all.get(4)),
                place.state(all.get(1)));
        return new Seen(holding, heard().stream().map(time::toSimulated).toList());
    }

    private List<BusMessage> heard() {
        List<BusMessage> messages = new ArrayList<>();
        for (Optional<BusMessage> message = next(told); message.isPresent(); message = next(told)) {
            messages.add(message.get());
        }
        return messages;
    }

    /** What was told so far concerns nobody any more. */
    void forget() {
        Samples.done(direct.publish(channel, MARKER));
        heard();
    }

    /** What there is to see after an operation. */
    record Seen(Holding holding, List<BusMessage> messages) {}

    /** Reads what was found under a key. */
    private record Place(StretchedTime time, long micros) {

        private static boolean isNothing(Object found) {
            return ((List<?>) found).get(1) == null;
        }

        /** What lives for ever ends at the end of time. */
        private long end(Object found) {
            long ttl = (Long) ((List<?>) found).get(0);
            return ttl < 0 ? Long.MAX_VALUE : time.endSimulated(micros, ttl);
        }

        private static byte[] text(Object found) {
            return (byte[]) ((List<?>) found).get(1);
        }

        Holding.@Nullable Entry entry(Object found) {
            return isNothing(found) ? null : new Holding.Entry(time.toSimulated(text(found)), end(found));
        }

        Holding.@Nullable Mark mark(Object found) {
            if (isNothing(found)) {
                return null;
            }
            ByteBuffer text = ByteBuffer.wrap(text(found));
            Token token = Token.read(text);
            String digits = StandardCharsets.US_ASCII.decode(text).toString();
            long since = digits.isEmpty() ? 0 : Long.parseLong(digits);
            return new Holding.Mark(token, since == 0 ? 0 : time.toSimulated(since), end(found));
        }

        Holding.@Nullable State state(Object found) {
            if (isNothing(found)) {
                return null;
            }
            List<?> fields = (List<?>) ((List<?>) found).get(1);
            byte[] generation = (byte[]) fields.get(0);
            byte[] messages = (byte[]) fields.get(1);
            return new Holding.State(
                    generation == null ? null : Token.read(ByteBuffer.wrap(generation)),
                    messages == null ? 0 : Long.parseLong(new String(messages, StandardCharsets.US_ASCII)),
                    isHourOfLostState(found) ? time.simulated() + LOST_STATE_MILLIS * 1_000 : end(found));
        }

        private boolean isHourOfLostState(Object found) {
            long ttl = (Long) ((List<?>) found).get(0);
            return ttl <= LOST_STATE_MILLIS && time.isStill(micros - (LOST_STATE_MILLIS - ttl) * 1_000);
        }
    }

    @Override
    public void close() {
        subscription.close();
        connection.close();
        Samples.done(lettuce.link().close());
        client.shutdown();
    }
}
