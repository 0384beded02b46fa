package io.stampede.spring;

import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where Redis is and how to get in, whoever said so.
 *
 * @param source who said so, for people
 * @param uris the server or the sentinels, or some servers of a cluster; never empty. They are this record's own
 * @param cluster whether it is a Redis Cluster
 * @param sslBundle what to trust and to show where the URIs ask for TLS; null for what the JVM does
 * @param connectTimeout null for the adapter's own
 */
record RedisAddress(
        String source,
        List<RedisURI> uris,
        boolean cluster,
        @Nullable SslBundle sslBundle,
        @Nullable Duration connectTimeout) {

    /** Lettuce's own is a minute, which is too long to go on believing in a server that does not answer. */
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(5);

    RedisAddress {
        uris = List.copyOf(uris);
        uris.stream()
                .filter(uri -> uri.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION))
                .forEach(uri -> uri.setTimeout(RESPONSE_TIMEOUT));
    }

    RedisURI first() {
        return uris.get(0);
    }

    /** Such as {@code redis://localhost:6379 (spring.data.redis)}, without passwords. */
    @Override
    public String toString() {
        return uris.stream().map(RedisURI::toString).collect(Collectors.joining(",", "", " (" + source + ")"));
    }
}
