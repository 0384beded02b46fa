package io.stampede;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/**
 * P1, P18: what is handed to a thread that leaves is run elsewhere, once; and a thread that begins to wait as its result comes
 * does not wait for ever.
 */
@JCStressTest
@State
@Outcome(id = "1, true", expect = Expect.ACCEPTABLE, desc = "run once, and nobody waits in vain")
@Outcome(id = ".*, true", expect = Expect.FORBIDDEN, desc = "the task is lost, or is run twice")
@Outcome(id = ".*, false", expect = Expect.FORBIDDEN, desc = "waits for what is there")
public class CallerThreadStress {

    /** Does not wait, but remembers where it would have. */
    static final class Waiting extends DelegatingEnvironment {

        volatile @Nullable BlockingQueue<?> queue;

        Waiting() {
            super(new LincheckEnvironment());
        }

        @Override
        public <T> T take(BlockingQueue<T> tasks) throws InterruptedException {
            queue = tasks;
            throw new InterruptedException("would wait");
        }
    }

    private final AtomicInteger ran = new AtomicInteger();
    private final CallerThread leaving = new CallerThread(Runnable::run, new Waiting());

    private final Waiting waiting = new Waiting();
    private final CallerThread serving = new CallerThread(Runnable::run, waiting);
    private final CompletableFuture<String> result = new CompletableFuture<>();

    @Actor
    public void others() {
        leaving.execute(ran::incrementAndGet);
        result.complete("there");
    }

    @Actor
    public void thread() {
        leaving.leave();
        try {
            serving.serveUntilDone(result);
        } catch (InterruptedException e) {
            return; // where it would wait
        }
    }

    @Arbiter
    public void look(IZ_Result r) {
        BlockingQueue<?> queue = waiting.queue;
        r.r1 = ran.get();
        r.r2 = queue == null || !queue.isEmpty();
    }
}
