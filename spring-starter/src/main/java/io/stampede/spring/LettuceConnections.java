package io.stampede.spring;

import static java.lang.System.Logger.Level.INFO;

import io.lettuce.core.SslOptions;
import io.stampede.redis.RedisTier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** Opens the connection to an address, which succeeds also while nobody is there. */
final class LettuceConnections {

    private static final System.Logger LOG = System.getLogger(LettuceConnections.class.getName());

    private LettuceConnections() {}

    static RedisTier open(RedisAddress address) {
        LOG.log(INFO, () -> "Stampede's caches are shared by way of Redis at " + address);
        SslOptions ssl = sslOptions(address.sslBundle());
        return address.cluster()
                ? RedisTier.connectCluster(address.uris(), ssl, address.connectTimeout())
                : RedisTier.connect(address.first(), ssl, address.connectTimeout());
    }

    private static @Nullable SslOptions sslOptions(@Nullable SslBundle bundle) {
        if (bundle == null) {
            return null;
        }
        SslOptions.Builder options = SslOptions.builder()
                .keyManager(bundle.getManagers().getKeyManagerFactory())
                .trustManager(bundle.getManagers().getTrustManagerFactory());
        String[] ciphers = bundle.getOptions().getCiphers();
        if (ciphers != null) {
            options.cipherSuites(ciphers);
        }
        String[] protocols = bundle.getOptions().getEnabledProtocols();
        if (protocols != null) {
            options.protocols(protocols);
        }
        return options.build();
    }
}
