package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.stampede.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an executor of the user's may do with a step of a flight, and what becomes of the step. */
class NeverRefusingTest {

    private final ManualTime time = new ManualTime();
    private final List<String> runs = new ArrayList<>();

    @AfterEach
    void close() {
        time.close();
    }

    private Executor over(Executor executor) {
        Environment machine = new DelegatingEnvironment(time.node(Duration.ZERO)) {
            @Override
            public Executor executor() {
                return executor;
            }
        };
        return new NeverRefusing(machine);
    }

    @Test
    void theExecutorRunsWhatItTakes() {
        over(Runnable::run).execute(() -> runs.add("task"));
        assertThat(runs).containsExactly("task");
        time.pass(Duration.ofSeconds(1));
        assertThat(runs).containsExactly("task");
    }

    @Test
    void theTimerRunsWhatTheExecutorRefuses() {
        Executor refusing = over(task -> {
            throw new RejectedExecutionException("full");
        });
        refusing.execute(() -> runs.add("task"));
        time.pass(Duration.ZERO);
        assertThat(runs).containsExactly("task");
    }

    /** It may have run in part, on this thread: a second time is once too often. */
    @Test
    void whatFailsIsNotRunAgain() {
        Executor direct = over(Runnable::run);
        assertThatIllegalStateException()
                .isThrownBy(() -> direct.execute(() -> {
                    runs.add("task");
                    throw new IllegalStateException("broken");
                }));
        time.pass(Duration.ofSeconds(1));
        assertThat(runs).containsExactly("task");
    }
}
