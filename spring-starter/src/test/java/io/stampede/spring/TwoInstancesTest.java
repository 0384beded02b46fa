package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Health;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spring.shop.Products;
import io.stampede.spring.shop.Shop;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** A real application, twice, with a real database and a real Redis, driven over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoInstancesTest {

    private static final int REQUESTS = 200;
    private static final int LOADING = 8;

    private EmbeddedPostgres database;
    private RedisServer redis;
    private Instance a;
    private Instance b;
    private final HttpClient http = HttpClient.newHttpClient();

    /** The application on a port of its own. */
    private static final class Instance implements AutoCloseable {

        private final ServletWebServerApplicationContext context;

        Instance(String redisUrl, String databaseUrl) {
            context = (ServletWebServerApplicationContext) new SpringApplicationBuilder(Shop.class)
                    .properties(
                            "server.port=0",
                            "spring.main.banner-mode=off",
                            "spring.data.redis.url=" + redisUrl,
                            "spring.datasource.url=" + databaseUrl,
                            "spring.datasource.username=postgres",
                            "server.tomcat.threads.max=250",
                            "stampede.defaults.remote-timeout=5s", // the machine may be busy
                            "stampede.defaults.max-concurrent-loads=10")
                    .run();
        }

        URI uri(String path) {
            return URI.create("http://localhost:" + context.getWebServer().getPort() + path);
        }

        Health.Status status() {
            return context.getBean(StampedeCacheManager.class)
                    .built("product")
                    .cache()
                    .deepHealth()
                    .status();
        }

        int queries() {
            return context.getBean(Products.class).queries();
        }

        @Override
        public void close() {
            context.close();
        }
    }

    @BeforeAll
    void start() throws Exception {
        database = EmbeddedPostgres.start();
        JdbcTemplate jdbc = new JdbcTemplate(database.getPostgresDatabase());
        jdbc.execute("create table product (id bigint primary key, name text, price int)");
        jdbc.execute("insert into product select i, 'product ' || i, 100 + i from generate_series(1, 100) i");
        redis = RedisServer.startEmbedded();
        String databaseUrl = database.getJdbcUrl("postgres", "postgres");
        a = new Instance(redis.uri(), databaseUrl);
        b = new Instance(redis.uri(), databaseUrl);
    }

    @AfterAll
    void stop() throws Exception {
        a.close();
        b.close();
        redis.close();
        database.close();
    }

    private String get(Instance instance, String path) throws Exception {
        HttpResponse<String> response =
                http.send(HttpRequest.newBuilder(instance.uri(path)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return response.body();
    }

    private void reprice(Instance instance, long id, int price) throws Exception {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(instance.uri("/products/" + id + "/price"))
                        .PUT(HttpRequest.BodyPublishers.ofString(Integer.toString(price)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** Acceptance: the database is asked once for a cold key, whoever asks, wherever. */
    @ParameterizedTest
    @ValueSource(strings = {"/products/1", "/cheap/1", "/reactive/1", "/products"})
    void aColdKeyIsOneQuery(String path) throws Exception {
        int before = a.queries() + b.queries();
        ExecutorService threads = Executors.newFixedThreadPool(2 * REQUESTS);
        try {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (Instance instance : List.of(a, b)) {
                Stream.generate(() -> CompletableFuture.supplyAsync(() -> quietly(instance, path), threads))
                        .limit(REQUESTS)
                        .forEach(answers::add);
            }
            assertThat(answers).extracting(CompletableFuture::join).containsOnly(quietly(a, path));
        } finally {
            threads.shutdown();
        }
        assertThat(a.queries() + b.queries() - before).isOne();
    }

    private String quietly(Instance instance, String path) {
        try {
            return get(instance, path);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anEvictionOnOneIsSeenOnTheOther() throws Exception {
        long from = System.nanoTime();
        awaitEviction(2, 777);
        System.out.println("An eviction was seen on the other instance within " + (System.nanoTime() - from) / 1_000_000
                + " ms, its query of 200 ms included");
    }

    /** Both have the product; one changes it; the other is seen to have the new one. */
    private void awaitEviction(long id, int price) throws Exception {
        String path = "/products/" + id;
        get(a, path);
        assertThat(get(b, path)).isEqualTo(get(a, path)).doesNotContain(Integer.toString(price));
        reprice(a, id, price);
        await().pollInterval(Duration.ofMillis(1)).until(() -> get(b, path).contains(Integer.toString(price)));
        assertThat(get(a, path)).contains(Integer.toString(price));
    }

    /** Acceptance: no request fails, and it heals without a restart. */
    @Test
    void aRedisThatIsKilledFailsNoRequest() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(LOADING);
        try {
            List<Future<?>> load = new ArrayList<>();
            for (int thread = 0; thread < LOADING; thread++) {
                Instance instance = thread % 2 == 0 ? a : b;
                int first = thread;
                load.add(threads.submit(() -> {
                    for (int i = first; !enough.get(); i++) {
                        quietly(instance, "/products/" + (10 + i % 20));
                        answered.incrementAndGet();
                    }
                }));
            }
            awaitMore(answered);
            redis.kill();
            awaitMore(answered);
            assertThat(List.of(a.status(), b.status())).containsOnly(Health.Status.DEGRADED);
            redis.restart();
            await().until(() -> a.status() == Health.Status.UP && b.status() == Health.Status.UP);
            awaitMore(answered);
            enough.set(true);
            for (Future<?> each : load) {
                each.get();
            }
        } finally {
            enough.set(true);
            threads.shutdown();
        }
        awaitEviction(3, 888);
    }

    private static void awaitMore(AtomicInteger answered) {
        int before = answered.get();
        await().atMost(Duration.ofSeconds(60)).until(() -> answered.get() >= before + REQUESTS);
    }
}
