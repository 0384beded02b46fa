package io.stampede.benchmarks.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.WriteResult;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceTest {

    private final LoadLog log = new LoadLog();
    private Source source;
    private SourceClient client;

    @BeforeEach
    void open() throws Exception {
        source = new Source(log);
        client = new SourceClient(source.port(), 1);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        source.close();
    }

    @Test
    void loadsGetWhatWasWrittenAndAreCounted() throws Exception {
        long written = client.write("k");

        assertThat(client.load("k")).isEqualTo(written);
        assertThat(client.write("k")).isEqualTo(written + 1);
        assertThat(log.take().byKey()).containsEntry("k", 1);
    }

    @Test
    void failsWhenToldTo() throws Exception {
        source.failing(true);
        assertThatThrownBy(() -> client.load("k")).isInstanceOf(SourceFailedException.class);

        source.failing(false);
        assertThat(client.load("k")).isPositive();
        assertThat(log.take().loads()).isEqualTo(2);
    }

    @Test
    void aTrapHoldsTheLoadItWasSetFor() throws Exception {
        Source.Trap trap = source.trap((node, key) -> node == 1 && key.equals("k"));
        assertThat(client.load("other")).isPositive();
        CompletableFuture<Long> load = CompletableFuture.supplyAsync(() -> {
            try {
                return client.load("k");
            } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(trap.caught().get(10, TimeUnit.SECONDS)).isEqualTo("k");
        assertThat(load).isNotDone();
        trap.open();
        assertThat(load.get(10, TimeUnit.SECONDS)).isPositive();
    }

    @Test
    void allHearOfWritesThatHaveReturned() throws Exception {
        BlockingQueue<Returned> heard = new LinkedBlockingQueue<>();
        client.hear(heard::add);
        Returned write = new Returned(2, "k", 7, WriteResult.QUEUED, 1_234, 1);
        // Whether the source has begun to tell news is not to be seen from outside.
        Returned first = null;
        while (first == null) {
            client.returned(write);
            first = heard.poll(20, TimeUnit.MILLISECONDS);
        }

        assertThat(first).isEqualTo(write);
        assertThat(log.take().needed()).isPositive();
    }
}
