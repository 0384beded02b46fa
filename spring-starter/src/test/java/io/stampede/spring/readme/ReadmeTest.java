package io.stampede.spring.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.redis.testing.RedisServer;
import io.stampede.spring.readme.Prices.Price;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** What the starter's README shows is compiled, and does what the README says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {

    private static final Pattern SNIPPET = Pattern.compile("^```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Path SOURCES = Path.of("src/test/java/io/stampede/spring/readme");

    private RedisServer redis;
    private ConfigurableApplicationContext application;

    @BeforeAll
    void start() {
        redis = RedisServer.startEmbedded();
        application = new SpringApplicationBuilder(ShopApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.data.redis.url=" + redis.uri(),
                        "spring.autoconfigure.exclude="
                                + "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
                        "stampede.defaults.ttl=10m",
                        "stampede.caches.names.ttl=1h",
                        "stampede.caches.names.type=java.lang.String")
                .run();
    }

    @AfterAll
    void stop() {
        application.close();
        redis.close();
    }

    @Test
    void everySnippetIsCompiled() throws IOException {
        String compiled;
        try (Stream<Path> files = Files.list(SOURCES)) {
            compiled = files.map(ReadmeTest::read)
                    .map(ReadmeTest::withoutIndentation)
                    .collect(Collectors.joining());
        }
        List<String> snippets = SNIPPET.matcher(Files.readString(Path.of("README.md")))
                .results()
                .map(found -> withoutIndentation(found.group(1)))
                .toList();
        assertThat(snippets)
                .isNotEmpty()
                .allSatisfy(snippet -> assertThat(compiled).contains(snippet));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String withoutIndentation(String source) {
        return source.lines().map(String::strip).filter(line -> !line.isEmpty()).collect(Collectors.joining("\n"))
                + "\n";
    }

    @Test
    void aProductIsReadOnceAndAgainWhenItWasSaved() {
        ProductService products = application.getBean(ProductService.class);
        ProductRepository repository = application.getBean(ProductRepository.class);
        products.find(42);
        assertThat(products.find(42).name()).isEqualTo("product 42");
        assertThat(repository.reads()).isOne();
        products.save(new Product(42, "new"));
        assertThat(products.find(42).name()).isEqualTo("new");
    }

    @Test
    void aPriceSurvivesItsSupplierUntilItsTagIsInvalidated() {
        Prices prices = application.getBean(Prices.class);
        Price first = prices.price(1);
        assertThat(prices.price(1)).isEqualTo(first);
        await().until(() -> !valuesIn("prices").isEmpty()); // else the load is still under way that is outdated
        prices.supplier().isDown.set(true);
        prices.outdate(1);
        assertThat(prices.price(1)).as("stale, since the supplier is down").isEqualTo(first);
        prices.reprice("books");
        assertThat(prices.price(1)).isEqualTo(first);
        prices.reprice("toys");
        assertThat(prices.price(1)).as("the fallback").isEqualTo(Price.unknown());
        prices.supplier().isDown.set(false);
    }

    @Test
    void theStockIsCountedOnce() {
        Warehouse warehouse = application.getBean(Warehouse.class);
        assertThat(warehouse.stock(1).block()).isEqualTo(warehouse.stock(1).block());
    }

    @Test
    void eachTenantHasItsOwnSettings() {
        Tenants.TenantSettings settings = application.getBean(Tenants.TenantSettings.class);
        Map<String, Tenants.Settings> byTenant = new LinkedHashMap<>();
        for (String tenant : List.of("one", "two")) {
            Tenants.Tenant.enter(tenant);
            byTenant.put(tenant, settings.settings("colours"));
            assertThat(settings.settings("colours")).isEqualTo(byTenant.get(tenant));
        }
        assertThat(byTenant.get("one").tenant()).isEqualTo("one");
        assertThat(byTenant.get("two").tenant()).isEqualTo("two");
    }

    @Test
    void anAccountIsNotReadableInRedis() {
        assertThat(application.getBean(Accounts.AccountService.class).owner(7)).isEqualTo("a secret owner");
        application.getBean(ProductService.class).find(7);
        await().until(() -> valuesIn("products").contains("product 7"));
        await().until(() -> !valuesIn("accounts").isEmpty());
        assertThat(valuesIn("accounts")).doesNotContain("secret");
    }

    /** All that Redis holds of a cache, as far as it is text. */
    private String valuesIn(String cache) {
        StringBuilder values = new StringBuilder();
        for (Object key : (List<?>) redis.command("KEYS", "*" + cache + "*:v*")) {
            values.append(redis.command("GET", key.toString()));
        }
        return values.toString();
    }

    @Test
    void namesAreReadTogether() {
        Names names = application.getBean(Names.class);
        Map<Long, String> found =
                names.all(List.of(1L, 2L), ids -> ids.stream().collect(Collectors.toMap(id -> id, id -> "name " + id)));
        assertThat(found).containsEntry(1L, "name 1").containsEntry(2L, "name 2");
    }
}
