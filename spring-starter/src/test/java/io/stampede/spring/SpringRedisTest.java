package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.stampede.spring.SpringRedis.Layout;
import io.stampede.spring.SpringRedis.Login;
import io.stampede.spring.SpringRedis.Node;
import io.stampede.spring.SpringRedis.OneServer;
import io.stampede.spring.SpringRedis.Sentinels;
import io.stampede.spring.SpringRedis.Tuning;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What no server of the other tests asks for. */
class SpringRedisTest {

    private static final Login SERVERS = new Login("shop", "of the servers");
    private static final Login SENTINELS = new Login("watcher", "of the sentinels");

    @Test
    void sentinelsHaveTheirOwnLoginAndTheServersTls() {
        RedisURI uri = uri(
                new Sentinels("name", List.of(new Node("one", 1), new Node("two", 2)), SENTINELS),
                new Tuning(Duration.ofSeconds(7), null, "shop-1"));
        assertThat(login(uri)).isEqualTo(SERVERS);
        assertThat(uri.getDatabase()).isEqualTo(3);
        assertThat(uri.getTimeout()).hasSeconds(7);
        assertThat(uri.getSentinelMasterId()).isEqualTo("name");
        assertThat(uri.getSentinels()).hasSize(2).allSatisfy(sentinel -> {
            assertThat(login(sentinel)).isEqualTo(SENTINELS);
            assertThat(sentinel.isSsl()).isTrue();
            assertThat(sentinel.getDatabase()).isZero();
        });
        assertThat(uri.isSsl()).isTrue();
    }

    @Test
    void aServerIsNotWaitedForAMinute() {
        assertThat(uri(new OneServer(new Node("one", 1)), new Tuning(null, null, null))
                        .getTimeout())
                .hasSeconds(5);
    }

    @Test
    void noPasswordIsPrinted() {
        assertThat(new Sentinels("name", List.of(new Node("one", 1)), SENTINELS).toString())
                .contains("watcher")
                .doesNotContain("of the sentinels");
    }

    private static RedisURI uri(Layout layout, Tuning tuning) {
        return new SpringRedis(layout, SERVERS, 3, true, null, tuning)
                .address("a test")
                .first();
    }

    private static Login login(RedisURI uri) {
        RedisCredentials credentials =
                uri.getCredentialsProvider().resolveCredentials().block();
        return new Login(credentials.getUsername(), new String(credentials.getPassword()));
    }
}
