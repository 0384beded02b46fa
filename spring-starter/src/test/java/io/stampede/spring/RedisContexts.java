package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.stampede.Codec;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import java.time.Duration;
import java.util.UUID;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Import;

/** Contexts with {@link RedisConfiguration}, and what its connection leads to. */
final class RedisContexts {

    private RedisContexts() {}

    @AutoConfiguration(after = DataRedisAutoConfiguration.class)
    @Import(RedisConfiguration.class)
    static class Importing {}

    /** As if Boot's support of Redis was not there. */
    static ApplicationContextRunner plain() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, Importing.class));
    }

    /** With Boot's support of Redis, and so with its connection details. */
    static ApplicationContextRunner withSpringDataRedis() {
        return plain().withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class));
    }

    /** Two nodes of a cache share a value, and it is this server that holds it. */
    static void assertSharedBy(RedisServer server, ApplicationContext context) {
        String cache = "cache-" + UUID.randomUUID();
        assertShared(context, cache);
        assertThat(server.command("EVAL", "return #redis.call('KEYS', ARGV[1])", "0", "stampede:1:" + cache + ":*"))
                .as("keys in %s", server)
                .isNotEqualTo(0L);
    }

    static void assertShared(ApplicationContext context) {
        assertShared(context, "cache-" + UUID.randomUUID());
    }

    private static void assertShared(ApplicationContext context, String name) {
        RemoteConnection connection = context.getBean(RemoteConnection.class);
        try (StampedeCache<String, String> one = cache(connection, name);
                StampedeCache<String, String> other = cache(connection, name)) {
            await().until(() -> one.put("key", "value") == WriteResult.EVERYWHERE);
            assertThat(other.get("key", missing -> "loaded")).isEqualTo("value");
        }
    }

    static StampedeCache<String, String> cache(RemoteConnection connection, String name) {
        return StampedeCache.<String, String>builder(name)
                .ttl(Duration.ofMinutes(10))
                .remote(connection, Codec.strings())
                .build();
    }
}
