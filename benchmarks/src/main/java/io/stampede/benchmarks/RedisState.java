package io.stampede.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.stampede.JsonCodec;
import io.stampede.StampedeCache;
import io.stampede.redis.RedisTier;
import io.stampede.redis.testing.RedisServer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** An embedded Redis of the fork's own, and two ways to keep products in it. */
public final class RedisState {

    private static final Duration TTL = Duration.ofMinutes(2);

    private RedisState() {}

    /** What is cached. */
    public record Product(long id, String name, String description, long priceInCents) {

        static Product of(long id) {
            return new Product(id, "product " + id, "about this product ".repeat(10), id * 100);
        }
    }

    /** Stampede with an L1 that holds next to nothing, so that reads go to L2. */
    @State(Scope.Benchmark)
    public static class Stampede {
        private final RedisServer server = RedisServer.startEmbedded();
        private final RedisTier tier = RedisTier.connect(server.uri());

        final StampedeCache<Long, Product> cache = StampedeCache.<Long, Product>builder("products")
                .ttl(TTL)
                .maximumSize(1)
                .remote(tier, JsonCodec.of(Product.class))
                .build();

        long next;

        @TearDown
        public void close() {
            cache.close();
            tier.close();
            server.close();
        }
    }

    /** Lettuce and the same codec. */
    @State(Scope.Benchmark)
    public static class ByHand {
        private final RedisServer server = RedisServer.startEmbedded();
        private final RedisClient client = RedisClient.create(server.uri());
        private final StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE);
        private final RedisCommands<byte[], byte[]> commands = connection.sync();
        private final JsonCodec<Product> codec = JsonCodec.of(Product.class);

        long next;

        @Nullable
        Product find(long id) {
            byte[] bytes = commands.get(key(id));
            return bytes == null ? null : codec.decode(ByteBuffer.wrap(bytes));
        }

        void store(Product product) {
            commands.set(key(product.id()), codec.encode(product), SetArgs.Builder.px(TTL));
        }

        private static byte[] key(long id) {
            return ("products:" + id).getBytes(StandardCharsets.UTF_8);
        }

        @TearDown
        public void close() {
            connection.close();
            client.shutdown();
            server.close();
        }
    }
}
