package io.stampede.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InTurnTest {

    private final List<List<String>> sent = new ArrayList<>();
    private final List<CompletableFuture<Void>> ends = new ArrayList<>();
    private final InTurn<String> inTurn = new InTurn<>(commands -> {
        sent.add(commands);
        ends.add(new CompletableFuture<>());
        return ends.get(ends.size() - 1);
    });

    @Test
    void whatAThreadSendsBehindAnotherWaitsAndThenGoesTogether() {
        List.of("a", "b", "c").forEach(inTurn::send);
        assertThat(sent).containsExactly(List.of("a"));
        ends.get(0).complete(null);
        assertThat(sent).containsExactly(List.of("a"), List.of("b", "c"));
        inTurn.send("d");
        ends.get(1).completeExceptionally(new IllegalStateException("of one of them"));
        assertThat(sent).containsExactly(List.of("a"), List.of("b", "c"), List.of("d"));
    }

    @Test
    void whoWaitsForEachAnswerNeverWaitsInLine() {
        inTurn.send("a");
        ends.get(0).complete(null);
        inTurn.send("b");
        assertThat(sent).containsExactly(List.of("a"), List.of("b"));
    }

    @Test
    void threadsDontWaitForEachOther() throws InterruptedException {
        inTurn.send("a");
        Thread another = new Thread(() -> inTurn.send("b"));
        another.start();
        another.join();
        assertThat(sent).containsExactly(List.of("a"), List.of("b"));
    }
}
