package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The machine as a cache gets it when nothing else is handed in. */
class SystemEnvironmentTest {

    /** Interleaving 12: tokens, not counters. */
    @Test
    void noTokenIsEverGivenTwice() {
        Set<Token> tokens = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (Environment environment = Environment.system("tokens")) {
                for (int j = 0; j < 500; j++) {
                    assertThat(tokens.add(environment.newToken())).isTrue();
                }
            }
        }
        assertThat(tokens).doesNotContain(Token.NONE);
    }

    @Test
    void secretsDoNotRepeat() {
        Set<ByteBuffer> secrets = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            try (Environment environment = Environment.system("secrets")) {
                for (int j = 0; j < 50; j++) {
                    byte[] secret = new byte[12];
                    environment.fillWithSecureRandom(secret);
                    assertThat(secrets.add(ByteBuffer.wrap(secret))).isTrue();
                }
            }
        }
    }

    @Test
    void itsThreadsAreDaemonsNamedAfterTheCache() {
        try (Environment environment = Environment.system("named")) {
            CompletableFuture<Thread> worker = new CompletableFuture<>();
            CompletableFuture<Thread> timer = new CompletableFuture<>();
            environment.executor().execute(() -> worker.complete(Thread.currentThread()));
            environment.schedule(() -> timer.complete(Thread.currentThread()), -1);
            assertThat(Threads.value(worker).getName()).startsWith("stampede-named-");
            assertThat(Threads.value(timer).getName()).startsWith("stampede-named-timer-");
            assertThat(Threads.value(worker).isDaemon() && Threads.value(timer).isDaemon())
                    .isTrue();
        }
    }

    @Test
    void whatIsCancelledDoesNotRun() {
        try (Environment environment = Environment.system("cancelled")) {
            AtomicBoolean ran = new AtomicBoolean();
            CompletableFuture<Void> later = new CompletableFuture<>();
            environment.schedule(() -> ran.set(true), 20_000_000).run();
            environment.schedule(() -> later.complete(null), 40_000_000);
            Threads.value(later);
            assertThat(ran).isFalse();
        }
    }

    /** KNOWN-BUGS 23: a task that waits for another one does not keep it from running. */
    @Test
    void tasksMayWaitForEachOther() {
        try (Environment environment = Environment.system("waiting")) {
            CompletableFuture<String> last = new CompletableFuture<>();
            CompletableFuture<String> next = last;
            for (int i = 0; i < 50; i++) {
                CompletableFuture<String> before = next;
                CompletableFuture<String> mine = new CompletableFuture<>();
                environment.executor().execute(() -> mine.complete(before.join()));
                next = mine;
            }
            environment.executor().execute(() -> last.complete("done"));
            assertThat(Threads.value(next)).isEqualTo("done");
        }
    }

    @Test
    void afterItWasClosedNothingRunsAndNothingThrows() {
        Environment environment = Environment.system("closed");
        AtomicBoolean ran = new AtomicBoolean();
        environment.schedule(() -> ran.set(true), 10_000_000_000L);
        environment.close();
        Runnable cancel = environment.schedule(() -> ran.set(true), 0);
        cancel.run();
        environment.close();
        assertThat(ran).isFalse();
    }

    /** KNOWN-BUGS: virtual threads that are pinned where a loader waits inside {@code synchronized}. */
    @Test
    void itsWorkersAreVirtualWhereMonitorsDoNotPin() throws ReflectiveOperationException {
        try (Environment environment = Environment.system("kind")) {
            CompletableFuture<Thread> worker = new CompletableFuture<>();
            environment.executor().execute(() -> worker.complete(Thread.currentThread()));
            assertThat(isVirtual(Threads.value(worker)))
                    .isEqualTo(Runtime.version().feature() >= 24);
        }
    }

    private static boolean isVirtual(Thread thread) throws ReflectiveOperationException {
        return Runtime.version().feature() >= 21
                && (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
    }

    /** More of them than any machine has processors. */
    @Test
    void workersThatWaitInsideAMonitorStopNobody() {
        try (Environment environment = Environment.system("monitors")) {
            Hold hold = new Hold();
            List<CompletableFuture<Void>> waiting = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                CompletableFuture<Void> inside = new CompletableFuture<>();
                waiting.add(inside);
                environment.executor().execute(() -> {
                    synchronized (inside) {
                        inside.complete(null);
                        hold.arrive();
                    }
                });
            }
            waiting.forEach(Threads::value);
            hold.release();
        }
    }

    @Test
    void closingInterruptsWhatRunsAndWaitsForIt() {
        Environment environment = Environment.system("closing");
        Hold running = new Hold();
        AtomicBoolean ended = new AtomicBoolean();
        environment.executor().execute(() -> {
            try {
                running.arriveInterruptibly();
            } catch (InterruptedException e) {
                ended.set(true);
            }
        });
        running.awaitReached();
        environment.close();
        assertThat(ended).isTrue();
        assertThatThrownBy(() -> environment.executor().execute(() -> ended.set(false)))
                .isInstanceOf(RejectedExecutionException.class);
    }
}
