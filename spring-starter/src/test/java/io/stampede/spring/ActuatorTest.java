package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.stampede.CacheListener.LoadEnd;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What operators see and do, over HTTP, with a real Redis that comes and goes. One application for all of it. */
class ActuatorTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static RedisServer redis;
    private static ConfigurableApplicationContext application;
    private static Products products;

    record Product(long id, String name) {}

    static class Products {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        private Product called(long id) {
            return new Product(id, "product " + calls.incrementAndGet());
        }

        @StampedeCacheable(cacheNames = "products", ttl = "5m", tags = "'even:' + (#id % 2 == 0)")
        public Product find(long id) {
            return called(id);
        }

        @Cacheable("later")
        public CompletableFuture<Product> later(Long id) {
            return CompletableFuture.completedFuture(called(id));
        }

        @Cacheable(cacheNames = "spelled", key = "#id * 2")
        public Product spelled(long id) {
            return called(id);
        }

        @Cacheable("two parameters")
        public Product twoParameters(long id, boolean exact) {
            return called(id);
        }

        @Cacheable("hot")
        public Product hot(long id) {
            return called(id);
        }

        @Cacheable("anything")
        public Object anything(UUID id) {
            return called(0);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {
        @Bean
        Products products() {
            return new Products();
        }
    }

    @BeforeAll
    static void start() {
        redis = RedisServer.startEmbedded();
        application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.SERVLET)
                .properties(
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "spring.data.redis.url=" + redis.uri(),
                        "management.health.redis.enabled=false",
                        "management.endpoints.web.exposure.include=*",
                        "management.endpoint.health.show-details=always",
                        "management.endpoint.health.probes.enabled=true",
                        "management.endpoint.health.group.everything.include=*",
                        "management.endpoint.health.group.named.include=stampedeDeep",
                        "stampede.namespace=shop",
                        "stampede.defaults.jitter=0",
                        "stampede.caches.spelled.stale-on-error=1h",
                        "stampede.caches.hot.local-only=true",
                        "stampede.caches.hot.ttl=50ms",
                        "stampede.caches.hot.early-refresh=10")
                .run();
        products = application.getBean(Products.class);
    }

    @AfterAll
    static void stop() {
        application.close();
        redis.close();
    }

    /**
     * An answer.
     *
     * @param status the HTTP status
     * @param body as JSON
     */
    record Answer(int status, JsonNode body) {

        String at(String pointer) {
            return body.at(pointer).asString();
        }
    }

    private static Answer send(HttpRequest.Builder request, String path) throws IOException, InterruptedException {
        int port = ((WebServerApplicationContext) application).getWebServer().getPort();
        var response = HTTP.send(
                request.uri(URI.create("http://localhost:" + port + "/actuator" + path))
                        .build(),
                BodyHandlers.ofString());
        return new Answer(response.statusCode(), JSON.readTree(response.body().isEmpty() ? "{}" : response.body()));
    }

    private static Answer get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path);
    }

    private static Answer post(String cache, String body) throws IOException, InterruptedException {
        return send(
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body.replace('\'', '"'))),
                "/stampede/" + cache);
    }

    private static String refusal(String cache, String body) throws IOException, InterruptedException {
        Answer answer = post(cache, body);
        assertThat(answer.status()).isEqualTo(400);
        return answer.at("/error");
    }

    @Test
    void aCacheIsShownWithItsOptionsCountsAndParts() throws Exception {
        products.find(1000);
        products.find(1000);
        JsonNode shown = get("/stampede").body().at("/caches/products");
        assertThat(shown.at("/fullName").asString()).isEqualTo("shop:products");
        assertThat(shown.at("/valueType").asString()).contains("Product");
        assertThat(shown.at("/localSize").asLong()).isPositive();
        assertThat(shown.at("/reads/l1").asLong()).isPositive();
        assertThat(shown.at("/loads/value").asLong()).isPositive();
        assertThat(shown.at("/hitRatios/l1").asDouble()).isGreaterThan(0).isLessThan(1);
        assertThat(shown.at("/remoteOperations/answered").asLong()).isPositive();
        assertThat(shown.at("/options/ttl/value").asString()).isEqualTo("5m");
        assertThat(shown.at("/options/ttl/origin").asString()).contains("Products.find(long)");
        assertThat(shown.at("/options/jitter/value").asString()).isEqualTo("0.0");
        assertThat(shown.at("/options/jitter/origin").asString()).isEqualTo("stampede.defaults.jitter");
        assertThat(shown.at("/options/leaseTtl/origin").asString()).isEqualTo("default");
        assertThat(shown.at("/options")).hasSize(Option.all().size());
        JsonNode alone = get("/stampede/spelled").body();
        assertThat(alone.at("/options/staleOnError/value").asString()).isEqualTo("1h");
        assertThat(alone.at("/options/staleOnError/origin").asString())
                .isEqualTo("stampede.caches.spelled.stale-on-error");
    }

    @Test
    void aCacheOfThisProcessAloneSaysWhy() throws Exception {
        JsonNode shown = get("/stampede/anything").body();
        assertThat(shown.at("/localOnly").asString()).contains("the type of its values is not known");
        assertThat(shown.has("remoteOperations")).isFalse();
        assertThat(shown.has("hitRatios")).isFalse();
        assertThat(shown.at("/parts").has("remote")).isFalse();
        assertThat(refusal("anything", "{'operation':'bypass-remote','on':true}"))
                .contains("has no remote tier to bypass", "type of its values");
    }

    @Test
    void aKeyIsInvalidatedAsItIsWrittenByPeople() throws Exception {
        Product before = products.find(1);
        assertThat(products.find(1)).isEqualTo(before);
        Answer answer = post("products", "{'operation':'invalidate','key':'1'}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/result")).isEqualTo("EVERYWHERE");
        assertThat(products.find(1)).isNotEqualTo(before);
    }

    @Test
    void aKeyThatNoParameterIsIsInvalidatedAsTheCacheWritesIt() throws Exception {
        Product before = products.spelled(21);
        BuiltCache cache = application.getBean(StampedeCacheManager.class).built("spelled");
        String written = cache.keys().encode(42L);
        assertThat(post("spelled", "{'operation':'invalidate','key':'" + written + "'}")
                        .status())
                .isEqualTo(200);
        assertThat(products.spelled(21)).isNotEqualTo(before);
    }

    @Test
    void aTagIsInvalidatedWithAllThatBearIt() throws Exception {
        Product even = products.find(2);
        Product odd = products.find(3);
        post("products", "{'operation':'invalidate','tag':'even:true'}");
        assertThat(products.find(2)).isNotEqualTo(even);
        assertThat(products.find(3)).isEqualTo(odd);
    }

    @Test
    void anExpiredKeyIsLoadedByItsNextRead() throws Exception {
        Product before = products.find(5);
        int calls = products.calls();
        post("products", "{'operation':'expire','key':5}");
        assertThat(products.calls()).isEqualTo(calls);
        assertThat(products.find(5)).isNotEqualTo(before);
    }

    @Test
    void aRefreshedKeyIsLoadedBeforeAnybodyReadsIt() throws Exception {
        Product before = products.find(7);
        Product beforeLater = products.later(7L).get();
        int calls = products.calls();
        assertThat(post("products", "{'operation':'refresh','key':'7'}").at("/result"))
                .isEqualTo("BEGUN");
        assertThat(post("later", "{'operation':'refresh','key':'7'}").at("/result"))
                .isEqualTo("BEGUN");
        await().until(() -> products.calls() == calls + 2);
        await().until(() ->
                !products.find(7).equals(before) && !products.later(7L).get().equals(beforeLater));
        assertThat(products.calls()).isEqualTo(calls + 2);
    }

    @Test
    void aClearedCacheHasNothingLeft() throws Exception {
        Product before = products.later(8L).get();
        post("later", "{'operation':'clear'}");
        assertThat(products.later(8L).get()).isNotEqualTo(before);
    }

    @Test
    void theRemoteTierIsBypassedWhileItIsSwitchedOff() throws Exception {
        assertThat(post("later", "{'operation':'bypass-remote','on':true}").at("/result/remoteBypassed"))
                .isEqualTo("true");
        JsonNode shown = get("/stampede/later").body();
        assertThat(shown.at("/switches/remoteBypassed").asBoolean()).isTrue();
        assertThat(shown.at("/parts/remote/reason").asString()).contains("switched off");
        assertThat(post("later", "{'operation':'invalidate','key':'9'}").at("/result"))
                .isEqualTo("QUEUED");
        post("later", "{'operation':'bypass-remote','on':false}");
        await().until(() -> "UP".equals(get("/stampede/later").at("/status")));
    }

    @Test
    void nothingIsRefreshedEarlyWhileThatIsSwitchedOff() throws Exception {
        assertThat(post("hot", "{'operation':'early-refresh','on':false}").at("/result/earlyRefresh"))
                .isEqualTo("false");
        assertThat(get("/stampede/hot").at("/switches/earlyRefresh")).isEqualTo("false");
        readHotWhile(hot -> hot.loads(LoadEnd.VALUE) < 5);
        assertThat(hot().earlyRefreshes()).isZero();

        post("hot", "{'operation':'early-refresh','on':true}");
        assertThat(get("/stampede/hot").at("/switches/earlyRefresh")).isEqualTo("true");
        readHotWhile(hot -> hot.earlyRefreshes() == 0);
    }

    private static CacheCounts hot() {
        return application.getBean(StampedeCacheManager.class).built("hot").counts();
    }

    private static void readHotWhile(Predicate<CacheCounts> condition) {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            while (condition.test(hot())) {
                products.hot(1);
            }
        });
    }

    @Test
    void whatCanNotBeDoneIsRefusedWithTheReason() throws Exception {
        assertThat(get("/stampede/no-such").status()).isEqualTo(404);
        assertThat(get("/stampede/no-such").at("/error")).contains("There is no cache 'no-such'", "products");
        assertThat(post("no-such", "{'operation':'clear'}").status()).isEqualTo(404);
        assertThat(refusal("products", "{'operation':'explode'}")).contains("explode", "invalidate", "bypass-remote");
        assertThat(refusal("products", "{}")).contains("No operation is given", "invalidate");
        assertThat(refusal("products", "{'operation':'expire'}")).contains("needs a key");
        assertThat(refusal("products", "{'operation':'expire','key':'abc'}"))
                .contains("key = abc", "'products'", "java.lang.Long");
        assertThat(refusal("spelled", "{'operation':'expire','key':'no such key'}"))
                .contains("'spelled'", "as the cache writes it in Redis");
        assertThat(refusal("products", "{'operation':'invalidate','key':'1','tag':'x'}"))
                .contains("a key or a tag");
        assertThat(refusal("products", "{'operation':'invalidate','tag':''}")).contains("tag");
        assertThat(refusal("products", "{'operation':'early-refresh'}")).contains("true or false");
        String written = application
                .getBean(StampedeCacheManager.class)
                .built("spelled")
                .keys()
                .encode(2L);
        assertThat(refusal("spelled", "{'operation':'refresh','key':'" + written + "'}"))
                .contains("can't be refreshed by key", "spelled(long)", "Expire");
        assertThat(application.getBean(StampedeCacheManager.class).getCacheNames())
                .doesNotContain("no-such");
    }

    @Test
    void springBootsOwnEndpointsKnowTheCaches() throws Exception {
        Product before = products.find(20);
        products.find(20);
        assertThat(get("/caches").body().at("/cacheManagers/" + StampedeAutoConfiguration.MANAGER + "/caches"))
                .hasSize(6);
        assertThat(send(HttpRequest.newBuilder().DELETE(), "/caches/products").status())
                .isEqualTo(204);
        assertThat(products.find(20)).isNotEqualTo(before);
        Answer hits = get("/metrics/cache.gets?tag=name:products&tag=cache.manager:stampede&tag=result:hit");
        assertThat(hits.body().at("/measurements/0/value").asDouble()).isPositive();
    }

    @Test
    void anOutageOfRedisIsADetailAndTheDeepCheckIsByItself() throws Exception {
        products.find(30);
        awaitHealth("UP", "UP");

        redis.kill();
        awaitHealth("UP", "DEGRADED");
        post("products", "{'operation':'invalidate','key':'31'}");
        Answer health = get("/health");
        assertThat(health.status()).isEqualTo(200);
        assertThat(health.at("/status")).isEqualTo("UP");
        assertThat(health.at("/components/stampede/details/reason")).contains("Redis has not answered");
        assertThat(health.body().at("/components").has("stampedeDeep")).isFalse();
        assertThat(get("/health/stampedeDeep").status()).isEqualTo(404);
        assertThat(get("/health/everything").body().at("/components").has("stampede"))
                .isTrue();
        assertThat(get("/health/everything").body().at("/components").has("stampedeDeep"))
                .isFalse();
        assertThat(get("/health/named").body().at("/components").has("stampedeDeep"))
                .isTrue();
        for (String probe : new String[] {"liveness", "readiness"}) {
            assertThat(get("/health/" + probe).at("/status")).isEqualTo("UP");
            assertThat(get("/health/" + probe).body().toString()).doesNotContain("stampede");
        }
        Answer deep = get("/health/stampede-deep");
        assertThat(deep.status()).isEqualTo(200);
        assertThat(deep.at("/status")).isEqualTo("DEGRADED");
        assertThat(deep.at("/components/stampedeDeep/details/caches/products/outbox/status"))
                .isEqualTo("DEGRADED");
        assertThat(get("/stampede/products").at("/parts/remote/status")).isEqualTo("DEGRADED");
        assertThat(products.find(30)).isNotNull();

        redis.restart();
        awaitHealth("UP", "UP");
    }

    private static void awaitHealth(String whole, String products) {
        await().until(() -> {
            Answer health = get("/health");
            Answer deep = get("/health/stampede-deep");
            return health.at("/status").equals(whole)
                    && health.at("/components/stampede/details/caches/products").equals(products)
                    && deep.at("/status").equals(products);
        });
    }
}
