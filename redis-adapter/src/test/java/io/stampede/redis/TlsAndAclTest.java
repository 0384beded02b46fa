package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.stampede.Codec;
import io.stampede.Health;
import io.stampede.StampedeCache;
import io.stampede.WriteResult;
import io.stampede.redis.testing.FreePort;
import io.stampede.redis.testing.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS, with a certificate that is checked, and a user with no more rights than OPERATIONS.md names. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TlsAndAclTest {

    private static final char[] PASSWORD = "password".toCharArray();

    @Test
    void aCacheWorksOverTlsAndForALimitedUser(@TempDir Path directory) throws Exception {
        Path certificate = directory.resolve("redis.crt");
        Path key = directory.resolve("redis.key");
        createCertificate(directory, certificate, key);
        int port = FreePort.find();
        try (RedisServer server = RedisServer.startEmbedded(
                "--tls-port",
                Integer.toString(port),
                "--tls-cert-file",
                certificate.toString(),
                "--tls-key-file",
                key.toString(),
                "--tls-ca-cert-file",
                certificate.toString(),
                "--tls-auth-clients",
                "no")) {
            String[] rules = documentedRules();
            try (RedisAdmin admin = new RedisAdmin(server.uri())) {
                admin.setUser("stampede", rules);
            }
            RedisURI uri = RedisURI.Builder.redis("127.0.0.1", port)
                    .withSsl(true)
                    .withAuthentication("stampede", "secret")
                    .build();
            RedisClient client = RedisClient.create();
            client.setOptions(ClientOptions.builder()
                    .sslOptions(SslOptions.builder()
                            .jdkSslProvider()
                            .trustManager(certificate.toFile())
                            .build())
                    .build());
            try (RedisTier tier = RedisTier.of(client, uri);
                    StampedeCache<String, String> one = cache(tier);
                    StampedeCache<String, String> other = cache(tier)) {
                await().until(() -> one.put("key", "value") == WriteResult.EVERYWHERE);
                assertThat(other.get("key", missing -> "loaded")).isEqualTo("value");
                assertThat(one.invalidate("key")).isEqualTo(WriteResult.EVERYWHERE);
                await().until(() -> other.getIfPresent("key") == null);
                assertThat(other.get("key", missing -> "loaded")).isEqualTo("loaded");
                await().until(() -> one.deepHealth().status() == Health.Status.UP);
            } finally {
                client.shutdown();
            }
        }
    }

    /** So that the documentation can't name too few. */
    private static String[] documentedRules() throws IOException {
        return Files.readAllLines(Path.of("OPERATIONS.md")).stream()
                .filter(line -> line.startsWith("ACL SETUSER stampede "))
                .findFirst()
                .orElseThrow()
                .substring("ACL SETUSER stampede ".length())
                .split(" ");
    }

    private static StampedeCache<String, String> cache(RedisTier tier) {
        return StampedeCache.<String, String>builder("secured")
                .ttl(Duration.ofMinutes(10))
                .remote(tier, Codec.strings())
                .build();
    }

    private static void createCertificate(Path directory, Path certificate, Path key)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path store = directory.resolve("redis.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        write(certificate, "CERTIFICATE", keys.getCertificate("redis").getEncoded());
        write(key, "PRIVATE KEY", keys.getKey("redis", PASSWORD).getEncoded());
    }

    private static void write(Path file, String what, byte[] der) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        Files.writeString(file, "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
    }
}
