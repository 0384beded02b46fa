package io.stampede.spring;

import static io.stampede.spring.RedisContexts.assertShared;
import static io.stampede.spring.RedisContexts.cache;
import static io.stampede.spring.RedisContexts.plain;
import static io.stampede.spring.RedisContexts.withSpringDataRedis;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisURI;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.FreePort;
import io.stampede.redis.testing.RedisServer;
import io.stampede.spi.RemoteConnection;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.mock.env.MockEnvironment;

/** What it takes to be let in: passwords, users, databases and TLS. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class RedisAccessTest {

    /** Asks for a password, and on another port for TLS with a certificate that it knows. */
    private static RedisServer redis;

    private static int tlsPort;
    private static Certificate certificate;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        certificate = Certificate.create(directory);
        tlsPort = FreePort.find();
        redis = RedisServer.startEmbedded(
                "--requirepass",
                "everybody's",
                "--tls-port",
                Integer.toString(tlsPort),
                "--tls-cert-file",
                certificate.file().toString(),
                "--tls-key-file",
                certificate.key().toString(),
                "--tls-ca-cert-file",
                certificate.file().toString(),
                "--tls-auth-clients",
                "yes");
        redis.command("ACL", "SETUSER", "shop", "on", ">its@own", "~*", "&*", "+@all");
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    /** Who may read Spring's properties: we, or Boot, whose connection details we read. */
    static Stream<Named<ApplicationContextRunner>> readers() {
        return Stream.of(Named.of("by properties", plain()), Named.of("by connection details", withSpringDataRedis()));
    }

    @ParameterizedTest
    @MethodSource("readers")
    void aPassword(ApplicationContextRunner reader) {
        reader.withPropertyValues(
                        "spring.data.redis.host=" + redis.host(),
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.password=everybody's",
                        "spring.data.redis.client-name=with-password")
                .run(context -> assertSharedBy("name=with-password", "user=default", context));
    }

    @ParameterizedTest
    @MethodSource("readers")
    void aWrongPasswordLeavesItOutside(ApplicationContextRunner reader) {
        reader.withPropertyValues(
                        "spring.data.redis.host=" + redis.host(),
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.password=wrong")
                .run(RedisAccessTest::assertLeftOutside);
    }

    @ParameterizedTest
    @MethodSource("readers")
    void aUserAndADatabase(ApplicationContextRunner reader) {
        reader.withPropertyValues(
                        "spring.data.redis.host=" + redis.host(),
                        "spring.data.redis.port=" + redis.port(),
                        "spring.data.redis.username=shop",
                        "spring.data.redis.password=its@own",
                        "spring.data.redis.database=3",
                        "spring.data.redis.client-name=as-user")
                .run(context -> {
                    assertSharedBy("name=as-user", "user=shop", context);
                    assertSharedBy("name=as-user", "db=3", context);
                });
    }

    @ParameterizedTest
    @MethodSource("readers")
    void aUserAndADatabaseInAUrl(ApplicationContextRunner reader) {
        reader.withPropertyValues(
                        "spring.data.redis.url=redis://shop:its%40own@" + redis.host() + ":" + redis.port() + "/4",
                        "spring.data.redis.password=is not looked at",
                        "spring.data.redis.client-name=by-url")
                .run(context -> {
                    assertSharedBy("name=by-url", "user=shop", context);
                    assertSharedBy("name=by-url", "db=4", context);
                });
    }

    @Test
    void aUserAndADatabaseInTheUriOfStampede() {
        plain().withPropertyValues("stampede.redis.uri=redis://shop:its%40own@" + redis.host() + ":" + redis.port()
                        + "/5?clientName=by-uri")
                .run(context -> {
                    assertSharedBy("name=by-uri", "user=shop", context);
                    assertSharedBy("name=by-uri", "db=5", context);
                });
    }

    @ParameterizedTest
    @MethodSource("readers")
    void tlsWithABundle(ApplicationContextRunner reader) {
        withBundle(reader)
                .withPropertyValues(
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + tlsPort,
                        "spring.data.redis.password=everybody's",
                        "spring.data.redis.ssl.bundle=ours",
                        "spring.data.redis.client-name=by-tls")
                .run(context -> assertSharedBy("name=by-tls", ":" + tlsPort, context));
    }

    @Test
    void tlsWithABundleForTheUriOfStampede() {
        withBundle(plain())
                .withPropertyValues(
                        "stampede.redis.uri=rediss://:everybody's@127.0.0.1:" + tlsPort + "?clientName=tls-by-uri",
                        "stampede.redis.ssl-bundle=ours")
                .run(context -> assertSharedBy("name=tls-by-uri", ":" + tlsPort, context));
    }

    @ParameterizedTest
    @MethodSource("readers")
    void tlsWithoutABundleTrustsWhomTheJvmTrusts(ApplicationContextRunner reader) {
        reader.withPropertyValues(
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + tlsPort,
                        "spring.data.redis.password=everybody's",
                        "spring.data.redis.ssl.enabled=true")
                .run(RedisAccessTest::assertLeftOutside);
    }

    @Test
    void aUrlCanAskForTls() {
        withSpringDataRedis()
                .withPropertyValues("spring.data.redis.url=rediss://:everybody's@" + redis.host() + ":" + redis.port())
                .run(RedisAccessTest::assertLeftOutside); // that port speaks no TLS
    }

    @Test
    void aUrlCanAskForTlsWithoutBootsSupportOfRedis() {
        MockEnvironment environment =
                new MockEnvironment().withProperty("spring.data.redis.url", "rediss://:secret@somewhere");
        RedisURI uri = new SpringRedisProperties(environment)
                .describe(name -> null)
                .address("a test")
                .first();
        assertThat(uri.isSsl()).isTrue();
        assertThat(uri.isVerifyPeer()).isTrue();
    }

    @Test
    void aBundleIsNoUseWithoutTls() {
        withBundle(plain())
                .withPropertyValues("stampede.redis.uri=redis://127.0.0.1", "stampede.redis.ssl-bundle=ours")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(StampedeConfigurationException.class)
                        .hasMessageContainingAll("stampede.redis.ssl-bundle=ours", "rediss://"));
    }

    @Test
    void aBundleThatDoesNotExist() {
        plain().withPropertyValues("spring.data.redis.host=127.0.0.1", "spring.data.redis.ssl.bundle=theirs")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(NoSuchSslBundleException.class)
                        .hasMessageContaining("theirs"));
    }

    private static ApplicationContextRunner withBundle(ApplicationContextRunner runner) {
        return runner.withPropertyValues(
                "spring.ssl.bundle.pem.ours.truststore.certificate=file:" + certificate.file(),
                "spring.ssl.bundle.pem.ours.keystore.certificate=file:" + certificate.file(),
                "spring.ssl.bundle.pem.ours.keystore.private-key=file:" + certificate.key());
    }

    /** What {@code CLIENT LIST} says of all our connections, and that they do their work. */
    private static void assertSharedBy(String name, String attribute, ApplicationContext context) {
        assertShared(context);
        List<String> connections = String.valueOf(redis.command("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" " + name + " "))
                .toList();
        assertThat(connections)
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(line -> assertThat(line).contains(attribute + " "));
    }

    private static void assertLeftOutside(ApplicationContext context) {
        RemoteConnection connection = context.getBean(RemoteConnection.class);
        try (StampedeCache<String, String> cache = cache(connection, "outside")) {
            assertThat(cache.put("key", "value")).isNotEqualTo(WriteResult.EVERYWHERE);
        }
    }
}
