package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.StampedeCache;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TransactionViewTest {

    private final SpringCache cache = new SpringCache(
            "view",
            StampedeCache.<Object, Object>builder("view")
                    .ttl(Duration.ofMinutes(1))
                    .build(),
            () -> 0);
    private final TransactionView view = new TransactionView(cache);

    @AfterEach
    void close() {
        cache.getNativeCache().close();
    }

    private void fill() {
        for (int i = view.writes().size(); i < TransactionView.MAX_WRITES; i++) {
            view.add(Write.evict(i));
        }
    }

    @Test
    void whatIsEvictedAgainIsRememberedOnce() {
        view.add(Write.evict(1));
        view.add(Write.evict(1));
        assertThat(view.writes()).containsExactly(Write.evict(1));
        view.add(Write.put(1, "value"));
        view.add(Write.evict(1));
        assertThat(view.writes()).containsExactly(Write.evict(1), Write.put(1, "value"), Write.evict(1));
    }

    @Test
    void whatIsExpiredOrHasPerhapsATagIsEvictedAllTheSame() {
        view.add(Write.expire(1));
        view.add(Write.evict(1));
        view.add(Write.evictTag("tag"));
        view.add(Write.evict(1));
        assertThat(view.writes())
                .containsExactly(Write.expire(1), Write.evict(1), Write.evictTag("tag"), Write.evict(1));
    }

    @Test
    void tooManyWritesBecomeAClear() {
        fill();
        assertThat(view.writes()).hasSize(TransactionView.MAX_WRITES);
        view.add(Write.put("last", "value"));
        assertThat(view.writes()).containsExactly(Write.clear(), Write.put("last", "value"));
        assertThat(view.of(1)).isEqualTo(Write.clear());
        assertThat(view.of("last")).isEqualTo(Write.put("last", "value"));
    }

    @Test
    void aRollbackToASavepointFromBeforeTheClearForgetsThePutsAfterIt() {
        view.add(Write.put("first", "value"));
        view.add(Write.put("second", "value"));
        view.savepoint("savepoint");
        fill();
        view.add(Write.put("last", "rolled back"));
        view.rollBackTo("savepoint");
        assertThat(view.writes()).containsExactly(Write.clear());
    }
}
