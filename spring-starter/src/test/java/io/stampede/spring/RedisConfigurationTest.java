package io.stampede.spring;

import static io.stampede.spring.RedisContexts.assertSharedBy;
import static io.stampede.spring.RedisContexts.cache;
import static io.stampede.spring.RedisContexts.plain;
import static io.stampede.spring.RedisContexts.withSpringDataRedis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.RedissonTier;
import io.stampede.redis.testing.FreePort;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import io.stampede.testing.InMemoryRemote;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.beans.factory.config.BeanDefinitionCustomizer;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Which Redis is used, if any, and for how long. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisConfigurationTest {

    private static final RedisServer CHOSEN = RedisServer.startEmbedded();
    private static final RedisServer OTHER = RedisServer.startEmbedded();

    @AfterAll
    static void stop() {
        CHOSEN.close();
        OTHER.close();
    }

    @Test
    void theUriOfStampedeIsUsed() {
        plain().withPropertyValues("stampede.redis.uri=" + CHOSEN.uri())
                .run(context -> assertSharedBy(CHOSEN, context));
    }

    @Test
    void theUriComesBeforeConnectionDetailsAndSpringsProperties() {
        withSpringDataRedis()
                .withPropertyValues("stampede.redis.uri=" + CHOSEN.uri(), "spring.data.redis.url=" + OTHER.uri())
                .run(context -> assertSharedBy(CHOSEN, context));
    }

    @Test
    void redissonComesBeforeConnectionDetailsAndItsClientIsNotOursToClose() {
        RedissonClient client = redisson();
        try {
            withSpringDataRedis()
                    .withBean(RedissonClient.class, () -> client)
                    .withPropertyValues("stampede.redis.client=redisson", "spring.data.redis.url=" + OTHER.uri())
                    .run(context -> {
                        assertThat(context.getBean(RemoteConnection.class)).isInstanceOf(RedissonTier.class);
                        assertSharedBy(CHOSEN, context);
                    });
            await().untilAsserted(
                            () -> assertThat(threadsNamed("stampede-redisson")).isZero()); // they end after the close
            assertThat(client.isShutdown()).isFalse();
        } finally {
            client.shutdown();
        }
    }

    @Test
    void aRedissonClientThatIsNotChosenIsLeftAlone() {
        plain().withBean(RedissonClient.class, RedisConfigurationTest::redisson, shutDown())
                .run(context -> assertThat(context).doesNotHaveBean(RemoteConnection.class));
    }

    @Test
    void connectionDetailsComeBeforeSpringsProperties() {
        withSpringDataRedis()
                .withBean(DataRedisConnectionDetails.class, () -> detailsOf(CHOSEN))
                .withPropertyValues("spring.data.redis.host=" + OTHER.host(), "spring.data.redis.port=" + OTHER.port())
                .run(context -> assertSharedBy(CHOSEN, context));
    }

    @Test
    void springsPropertiesAreUsedByWayOfConnectionDetails() {
        withSpringDataRedis()
                .withPropertyValues("spring.data.redis.url=" + CHOSEN.uri())
                .run(context -> assertSharedBy(CHOSEN, context));
    }

    @Test
    void springsPropertiesAreUsedWithoutBootsSupportOfRedis() {
        withoutBootsRedis()
                .withPropertyValues(
                        "spring.data.redis.host=" + CHOSEN.host(), "spring.data.redis.port=" + CHOSEN.port())
                .run(context -> assertSharedBy(CHOSEN, context));
    }

    @Test
    void aConnectionOfTheUsersWins() {
        RemoteConnection own = new InMemoryRemote(System::nanoTime);
        withSpringDataRedis()
                .withBean("own", RemoteConnection.class, () -> own)
                .withPropertyValues("stampede.redis.uri=" + CHOSEN.uri())
                .run(context ->
                        assertThat(context.getBean(RemoteConnection.class)).isSameAs(own));
    }

    @Test
    void withoutRedisThereIsNoConnectionAndTheLogSaysWhatToSet() {
        List<String> lines = linesOf(
                RedisConfiguration.class,
                () -> withoutBootsRedis()
                        .withPropertyValues("spring.data.redis.port=6379") // names no server
                        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RemoteConnection.class)));
        assertThat(lines)
                .singleElement()
                .asString()
                .contains("L1 alone", "stampede.redis.uri", "spring.data.redis.host");
    }

    @Test
    void redisCanBeSwitchedOff() {
        List<String> lines = linesOf(
                RedisConfiguration.class,
                () -> withSpringDataRedis()
                        .withPropertyValues(
                                "stampede.redis.enabled=false",
                                "stampede.redis.uri=" + CHOSEN.uri(),
                                "spring.data.redis.url=" + OTHER.uri())
                        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RemoteConnection.class)));
        assertThat(lines).singleElement().asString().contains("L1 alone", "stampede.redis.enabled");
    }

    @Test
    void theLogSaysWhichRedisButNoPassword() {
        List<String> lines = linesOf(
                LettuceConnections.class,
                () -> plain().withPropertyValues(
                                "stampede.redis.uri=redis://user:secret@" + CHOSEN.host() + ":" + CHOSEN.port())
                        .run(context -> assertThat(context).hasNotFailed()));
        assertThat(lines)
                .singleElement()
                .asString()
                .contains(CHOSEN.host() + ":" + CHOSEN.port(), "stampede.redis.uri")
                .doesNotContain("secret");
    }

    @Test
    void aConnectionEndsWithTheContext() {
        AtomicReference<RemoteConnection> connection = new AtomicReference<>();
        plain().withPropertyValues("stampede.redis.uri=" + CHOSEN.uri() + "?clientName=ends")
                .run(context -> {
                    connection.set(context.getBean(RedisConfiguration.CONNECTION, RemoteConnection.class));
                    assertThat(clientsNamed("ends")).isPositive();
                });
        await().until(() -> clientsNamed("ends") == 0);
        try (StampedeCache<String, String> late = cache(connection.get(), "late")) {
            assertThat(late.put("key", "value")).isNotEqualTo(WriteResult.EVERYWHERE);
        }
    }

    @Test
    void aClientWithOptionsEndsWithTheContext() {
        withoutBootsRedis()
                .withPropertyValues(
                        "spring.data.redis.url=" + CHOSEN.uri(),
                        "spring.data.redis.connect-timeout=1s",
                        "spring.data.redis.client-name=tuned")
                .run(context -> {
                    assertSharedBy(CHOSEN, context);
                    assertThat(clientsNamed("tuned")).isPositive();
                    assertThat(threadsNamed("lettuce-")).isPositive();
                });
        await().until(() -> clientsNamed("tuned") == 0);
        await().until(() -> threadsNamed("lettuce-") == 0);
    }

    @Test
    void anApplicationStartsWhileRedisIsDownAndUsesItOnceItIsThere() {
        try (RedisServer late = RedisServer.startEmbedded()) {
            late.kill();
            plain().withPropertyValues("stampede.redis.uri=" + late.uri()).run(context -> {
                assertThat(context).hasNotFailed();
                try (StampedeCache<String, String> cache = cache(context.getBean(RemoteConnection.class), "patient")) {
                    assertThat(cache.get("key", missing -> "loaded")).isEqualTo("loaded");
                    late.restart();
                    await().until(() -> cache.put("key", "value") == WriteResult.EVERYWHERE);
                }
            });
        }
    }

    @Test
    void anApplicationStartsWhileTheServerOfConnectionDetailsIsDown() {
        withSpringDataRedis()
                .withPropertyValues("spring.data.redis.port=" + FreePort.find())
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    try (StampedeCache<String, String> cache =
                            cache(context.getBean(RemoteConnection.class), "alone")) {
                        assertThat(cache.get("key", missing -> "loaded")).isEqualTo("loaded");
                    }
                });
    }

    private static ApplicationContextRunner withoutBootsRedis() {
        return plain().withClassLoader(new FilteredClassLoader("org.springframework.boot.data.redis"));
    }

    private static DataRedisConnectionDetails detailsOf(RedisServer server) {
        return new DataRedisConnectionDetails() {
            @Override
            public Standalone getStandalone() {
                return Standalone.of(server.host(), server.port());
            }
        };
    }

    private static long clientsNamed(String name) {
        return String.valueOf(CHOSEN.command("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" name=" + name + " "))
                .count();
    }

    private static long threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    private static RedissonClient redisson() {
        Config config = new Config();
        config.useSingleServer()
                .setAddress(CHOSEN.uri())
                .setConnectionMinimumIdleSize(2)
                .setConnectionPoolSize(8);
        return Redisson.create(config.setThreads(2).setNettyThreads(2).setLazyInitialization(true));
    }

    private static BeanDefinitionCustomizer shutDown() {
        return definition -> definition.setDestroyMethodName("shutdown");
    }

    /** What a class logs at INFO or above. */
    private static List<String> linesOf(Class<?> logging, Runnable action) {
        Logger logger = Logger.getLogger(logging.getName());
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().intValue() >= Level.INFO.intValue()) {
                    lines.add(line.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            action.run();
        } finally {
            logger.removeHandler(handler);
        }
        return lines;
    }
}
