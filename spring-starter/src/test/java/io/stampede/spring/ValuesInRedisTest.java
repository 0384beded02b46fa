package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.CacheListener;
import io.stampede.Health;
import io.stampede.Result;
import io.stampede.Result.Source;
import io.stampede.StampedeCache;
import io.stampede.redis.RedisTier;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spring.Shop.Answer;
import io.stampede.spring.Shop.Details;
import io.stampede.spring.Shop.Enquiry;
import io.stampede.spring.Shop.Expired;
import io.stampede.spring.Shop.Forbidden;
import io.stampede.spring.Shop.Found;
import io.stampede.spring.Shop.Missing;
import io.stampede.spring.Shop.Page;
import io.stampede.spring.Shop.Product;
import io.stampede.spring.Shop.Silence;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.cache.interceptor.SimpleKey;

/** What cached methods return, through a real Redis and read by an instance that has just been started. */
class ValuesInRedisTest {

    private static final Object KEY = new SimpleKey("a,b", 42L, null);

    private static RedisServer server;

    @SuppressWarnings("unused")
    private interface Methods {
        List<Product> products();

        Map<String, List<Product>> productsByName();

        Product product();

        Page<Product> page();

        Details details();

        Optional<Product> optional();

        Optional<Product> emptyOptional();

        CompletableFuture<Optional<Product>> futureOfOptional();

        CompletableFuture<Optional<Product>> futureOfEmptyOptional();

        Answer answer();

        List<Answer> answers();

        Enquiry enquiry();
    }

    @BeforeAll
    static void start() {
        server = RedisServer.startEmbedded();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The value as an instance reads it that was started after the one that loaded it was closed. */
    private static @Nullable Object afterARestart(String method, @Nullable Object value) {
        CountDownLatch published = new CountDownLatch(1);
        try (Instance loading = Instance.start(method, published)) {
            awaitRedis(loading);
            loading.cache.get(KEY, key -> value);
            assertThat(await(published)).isTrue();
        }
        try (Instance fresh = Instance.start(method, new CountDownLatch(1))) {
            awaitRedis(fresh);
            Result<Object> result = fresh.cache.getResult(KEY, key -> {
                throw new AssertionError("loaded again");
            });
            assertThat(result.source()).isEqualTo(Source.L2);
            return result.value();
        }
    }

    /** What is loaded before the first answer of Redis is not for others to find. */
    private static void awaitRedis(Instance instance) {
        Awaitility.await().until(() -> instance.cache.deepHealth().status() == Health.Status.UP);
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A cache as one process has it. */
    private record Instance(RedisTier tier, StampedeCache<Object, Object> cache) implements AutoCloseable {

        static Instance start(String method, CountDownLatch published) {
            RedisTier tier = RedisTier.connect(server.uri());
            return new Instance(
                    tier,
                    StampedeCache.<Object, Object>builder(method)
                            .ttl(Duration.ofMinutes(10))
                            .negativeTtl(Duration.ofMinutes(10))
                            .remoteTimeout(Duration.ofSeconds(20))
                            .keyCodec(new SpringKeys(method, Map.of()))
                            .remote(tier, new ValueCodecs().codec(type(method)))
                            .listener(new CacheListener() {
                                @Override
                                public void onRemote(String operation, long nanos, boolean answered) {
                                    if (operation.equals("publish") && answered) {
                                        published.countDown();
                                    }
                                }
                            })
                            .build());
        }

        @Override
        public void close() {
            cache.close();
            tier.close();
        }
    }

    private static ValueType type(String method) {
        try {
            return ValueType.of(Methods.class.getDeclaredMethod(method), Methods.class);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Test
    void aListAndAMapOfListsComeBackAsWhatTheyAre() {
        List<Product> products = List.of(Product.of(1), Product.of(2));

        assertThat(afterARestart("products", products)).isEqualTo(products);
        assertThat(afterARestart("productsByName", Map.of("a", products))).isEqualTo(Map.of("a", products));
    }

    @Test
    void recordsComeBackWithAllTheirFields() {
        assertThat(afterARestart("product", Product.of(1))).isEqualTo(Product.of(1));
        assertThat(afterARestart("page", new Page<>(List.of(Product.of(1)), 2)))
                .isEqualTo(new Page<>(List.of(Product.of(1)), 2));
        assertThat(afterARestart("details", Shop.details())).isEqualTo(Shop.details());
    }

    @Test
    void whatAnOptionalHoldsComesBackAndSoDoesThatItHoldsNothing() {
        assertThat(afterARestart("optional", Product.of(1))).isEqualTo(Product.of(1));
        assertThat(afterARestart("emptyOptional", null)).isNull();
        assertThat(afterARestart("futureOfOptional", Optional.of(Product.of(1))))
                .isEqualTo(Optional.of(Product.of(1)));
        assertThat(afterARestart("futureOfEmptyOptional", Optional.empty())).isEqualTo(Optional.empty());
    }

    @Test
    void sealedHierarchiesComeBackAsTheirSubtypes() {
        Answer found = new Found(Product.of(1), List.of(new Missing(), Silence.GOLDEN));
        List<Answer> answers = List.of(found, new Missing(), new Expired(Instant.EPOCH), Silence.GOLDEN);
        Enquiry enquiry = new Enquiry(found, new Expired(Instant.EPOCH), new Forbidden("no"));

        assertThat(afterARestart("answer", found)).isEqualTo(found);
        assertThat(afterARestart("answers", answers)).isEqualTo(answers);
        assertThat(afterARestart("enquiry", enquiry)).isEqualTo(enquiry);
    }
}
