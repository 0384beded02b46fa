package io.stampede.spring;

import io.lettuce.core.RedisURI;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

/** What {@code stampede.redis.uri} and the properties beside it say. */
final class RedisUris {

    private static final String ALLOWED = "allowed are redis://[user:password@]host[:port][/database],"
            + " the same with rediss:// for TLS,"
            + " redis-sentinel://[password@]host[:port][,host[:port]...][/database]?sentinelMasterId=name,"
            + " and with " + RedisProperties.CLUSTER + "=true several of the first two, with commas in between";
    private static final Pattern NEXT_URI = Pattern.compile(",(?=\\s*rediss?://)");
    private static final Pattern SECRETS = Pattern.compile("^([a-z-]*://)?.*@");

    private RedisUris() {}

    static RedisAddress address(RedisProperties properties, String text, @Nullable SslBundle bundle) {
        List<RedisURI> uris = Stream.of(NEXT_URI.split(text))
                .map(each -> parsed(each.strip(), text))
                .toList();
        if (properties.isCluster()) {
            uris.forEach(uri -> checkSeed(uri, text));
        } else if (uris.size() > 1) {
            throw mistake(text, "several servers are those of a Redis Cluster; " + ALLOWED);
        }
        if (bundle != null && !uris.get(0).isSsl()) {
            throw new StampedeConfigurationException(
                    RedisProperties.SSL_BUNDLE,
                    properties.getSslBundle(),
                    "there is no TLS with " + masked(text) + "; use rediss://");
        }
        return new RedisAddress(RedisProperties.URI, uris, properties.isCluster(), bundle, null);
    }

    private static RedisURI parsed(String each, String text) {
        RedisURI uri;
        try {
            uri = RedisURI.create(each);
        } catch (IllegalArgumentException e) {
            // The cause would quote the password.
            throw mistake(text, "not the address of a Redis; " + ALLOWED);
        }
        if (uri.getHost() != null && uri.getHost().contains(",")) {
            throw mistake(text, "each server has its own redis://; " + ALLOWED);
        }
        if (!uri.getSentinels().isEmpty() && uri.getSentinelMasterId() == null) {
            throw mistake(text, "the name that the sentinels know the primary by is missing; " + ALLOWED);
        }
        return uri;
    }

    private static void checkSeed(RedisURI uri, String text) {
        if (!uri.getSentinels().isEmpty()) {
            throw mistake(text, "a Redis Cluster has no sentinels; " + ALLOWED);
        }
        if (uri.getDatabase() != 0) {
            throw mistake(text, "a Redis Cluster has no databases but 0; " + ALLOWED);
        }
    }

    private static StampedeConfigurationException mistake(String text, String message) {
        return new StampedeConfigurationException(RedisProperties.URI, masked(text), message);
    }

    /** Without what is before an at sign. */
    static String masked(String text) {
        return NEXT_URI.splitAsStream(text)
                .map(each -> SECRETS.matcher(each.strip()).replaceAll("$1***@"))
                .collect(Collectors.joining(","));
    }
}
