package io.stampede.spring;

import static io.stampede.spring.RedisContexts.plain;
import static io.stampede.spring.RedisContexts.withSpringDataRedis;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.NameMapper;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails.Node;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** A mistake fails the start, and its message says which property, which value and what is allowed. */
class RedisMistakesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:6379",
                "http://localhost",
                "redis://",
                "redis://localhost:99999",
                "redis://localhost/first",
                "redis://one:6379,two:6379",
                "redis-sentinel://one:26379,two:26379"
            })
    void aUriThatIsNone(String uri) {
        StampedeConfigurationException mistake = mistake(plain(), "stampede.redis.uri=" + uri);
        assertThat(mistake.property()).isEqualTo("stampede.redis.uri");
        assertThat(mistake.value()).isEqualTo(uri);
        assertThat(mistake)
                .hasMessageStartingWith("stampede.redis.uri=" + uri + ": ")
                .hasMessageContaining("allowed are redis://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:secret@",
                "redis://user:se/secret@host:6379",
                "user:secret@host",
                "redis://:secret@one,redis://:secret@two"
            })
    void aPasswordIsNotQuoted(String uri) {
        assertThat(mistake(plain(), "stampede.redis.uri=" + uri))
                .message()
                .contains("***@")
                .doesNotContain("secret");
        assertThat(mistake(plain(), "spring.data.redis.url=x" + uri))
                .message()
                .contains("***@")
                .doesNotContain("secret");
    }

    @Test
    void severalUrisWithoutACluster() {
        assertThat(mistake(plain(), "stampede.redis.uri=redis://one,redis://two"))
                .hasMessageContaining("stampede.redis.cluster=true");
    }

    @Test
    void aClusterBySentinels() {
        assertThat(mistake(
                        plain(),
                        "stampede.redis.cluster=true",
                        "stampede.redis.uri=redis-sentinel://one?sentinelMasterId=name"))
                .hasMessageContaining("a Redis Cluster has no sentinels");
    }

    @Test
    void aDatabaseOfACluster() {
        assertThat(mistake(plain(), "stampede.redis.cluster=true", "stampede.redis.uri=redis://one/2"))
                .hasMessageContaining("no databases but 0");
    }

    @Test
    void aClusterWithoutAUri() {
        assertThat(mistake(plain(), "stampede.redis.cluster=true"))
                .hasMessageContainingAll(
                        "stampede.redis.cluster=true", "stampede.redis.uri", "spring.data.redis.cluster.nodes");
    }

    @Test
    void aBundleWithoutAUri() {
        assertThat(mistake(plain(), "stampede.redis.ssl-bundle=mine"))
                .hasMessageContainingAll(
                        "stampede.redis.ssl-bundle=mine", "stampede.redis.uri", "spring.data.redis.ssl.bundle");
    }

    @Test
    void redissonAndAUri() {
        assertThat(mistake(plain(), "stampede.redis.client=redisson", "stampede.redis.uri=redis://one"))
                .hasMessageContainingAll("stampede.redis.client=redisson", "stampede.redis.uri");
    }

    @Test
    void redissonWithoutAClient() {
        assertThat(mistake(plain(), "stampede.redis.client=redisson"))
                .hasMessageContainingAll(
                        "stampede.redis.client=redisson", "no bean of type org.redisson.api.RedissonClient");
    }

    @Test
    void redissonWithSeveralClients() {
        assertThat(mistake(
                        plain().withBean("one", RedissonClient.class, RedisMistakesTest::lazyClient, shutDown())
                                .withBean("two", RedissonClient.class, RedisMistakesTest::lazyClient, shutDown()),
                        "stampede.redis.client=redisson"))
                .hasMessageContaining("@Primary");
    }

    @Test
    void redissonThatRenamesKeys() {
        Config config = lazyConfig();
        config.setNameMapper(new NameMapper() {
            @Override
            public String map(String name) {
                return "prefix:" + name;
            }

            @Override
            public String unmap(String name) {
                return name;
            }
        });
        assertThat(mistake(
                        plain().withBean(RedissonClient.class, () -> Redisson.create(config), shutDown()),
                        "stampede.redis.client=redisson"))
                .hasMessageContaining("NameMapper");
    }

    @Test
    void redissonThatIsNotOnTheClassPath() {
        assertThat(mistake(
                        plain().withClassLoader(new FilteredClassLoader("org.redisson")),
                        "stampede.redis.client=redisson"))
                .hasMessageContainingAll("stampede.redis.client=redisson", "not on the class path");
    }

    @Test
    void aNameThatIsNoProperty() {
        plain().withPropertyValues("stampede.redis.url=redis://localhost")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasRootCauseInstanceOf(UnboundConfigurationPropertiesException.class)
                        .rootCause()
                        .hasMessageContaining("stampede.redis.url"));
    }

    @Test
    void sentinelsWithoutAMaster() {
        assertThat(mistake(plain(), "spring.data.redis.sentinel.nodes=one:26379")
                        .property())
                .isEqualTo("spring.data.redis.sentinel.master");
        assertThat(mistake(withDetails(bySentinel("", new Node("one", 26379)))).property())
                .isEqualTo("spring.data.redis.sentinel.master");
    }

    @Test
    void aMasterWithoutSentinels() {
        assertThat(mistake(plain(), "spring.data.redis.sentinel.master=name").property())
                .isEqualTo("spring.data.redis.sentinel.nodes");
        assertThat(mistake(withDetails(bySentinel("name"))).property()).isEqualTo("spring.data.redis.sentinel.nodes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"one", "one:", "one:x", "one:0", "one:65536", ":6379"})
    void aNodeThatIsNone(String node) {
        assertThat(mistake(plain(), "spring.data.redis.cluster.nodes=" + node))
                .hasMessageStartingWith("spring.data.redis.cluster.nodes=" + node)
                .hasMessageContaining("needed");
    }

    @Test
    void aNodeOfDetailsThatIsNone() {
        assertThat(mistake(withDetails(bySentinel("name", new Node("one", 0)))))
                .hasMessageStartingWith("spring.data.redis.sentinel.nodes=one:0");
    }

    @Test
    void sentinelsAndACluster() {
        for (ApplicationContextRunner runner : List.of(plain(), withSpringDataRedis())) {
            assertThat(mistake(
                            runner,
                            "spring.data.redis.sentinel.master=name",
                            "spring.data.redis.sentinel.nodes=one:26379",
                            "spring.data.redis.cluster.nodes=one:6379"))
                    .hasMessageContainingAll("spring.data.redis.sentinel.nodes", "spring.data.redis.cluster.nodes");
        }
    }

    @Test
    void aListOfPrimaryAndReplicas() {
        for (ApplicationContextRunner runner : List.of(plain(), withSpringDataRedis())) {
            assertThat(mistake(runner, "spring.data.redis.masterreplica.nodes=one:6379,two:6379"))
                    .hasMessageContainingAll("spring.data.redis.masterreplica.nodes", "stampede.redis.uri");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:6379", "http://localhost", "redis://local host", "redis://localhost/first"})
    void aUrlThatIsNone(String url) {
        assertThat(mistake(plain(), "spring.data.redis.url=" + url))
                .hasMessageStartingWith("spring.data.redis.url=" + url);
    }

    @Test
    void detailsThatNameNoServer() {
        assertThat(mistake(withDetails(new DataRedisConnectionDetails() {})))
                .hasMessageContaining("DataRedisConnectionDetails names no server");
    }

    private static ApplicationContextRunner withDetails(DataRedisConnectionDetails details) {
        return plain().withBean(DataRedisConnectionDetails.class, () -> details);
    }

    private static DataRedisConnectionDetails bySentinel(String master, Node... nodes) {
        return new SentinelDetails(master, List.of(nodes));
    }

    private static BeanDefinitionCustomizer shutDown() {
        return definition -> definition.setDestroyMethodName("shutdown");
    }

    private static RedissonClient lazyClient() {
        return Redisson.create(lazyConfig());
    }

    private static Config lazyConfig() {
        Config config = new Config();
        config.useSingleServer().setAddress("redis://localhost:1");
        return config.setThreads(1).setNettyThreads(1).setLazyInitialization(true);
    }

    private static StampedeConfigurationException mistake(ApplicationContextRunner runner, String... properties) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        runner.withPropertyValues(properties).run(context -> failure.set(context.getStartupFailure()));
        return Stream.iterate(failure.get(), Objects::nonNull, Throwable::getCause)
                .filter(StampedeConfigurationException.class::isInstance)
                .map(StampedeConfigurationException.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no mistake was found", failure.get()));
    }
}
