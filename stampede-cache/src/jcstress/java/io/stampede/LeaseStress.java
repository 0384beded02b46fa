package io.stampede;

import io.stampede.spi.Token;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** P2, P18: a lease that is stopped while it plans its renewal leaves no timer behind that would renew it. */
@JCStressTest
@State
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "the timer is cancelled")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "each took the other to see to it")
public class LeaseStress {

    /** Each timer that is planned is this one, and it never fires. */
    static final class Timer extends DelegatingEnvironment {

        boolean cancelled;

        Timer() {
            super(new LincheckEnvironment());
        }

        @Override
        public Runnable schedule(Runnable task, long delayNanos) {
            return () -> cancelled = true;
        }
    }

    private final Timer timer = new Timer();

    /** Without a gate: that would be asked when the timer fires. */
    private final Lease lease = new Lease(null, timer, "key", 1_000, Token.NONE, 0, 0);

    @Actor
    public void keep() {
        lease.keep(LocalTier.NOTHING);
    }

    @Actor
    public void stop() {
        lease.stop();
    }

    @Arbiter
    public void look(Z_Result r) {
        r.r1 = timer.cancelled;
    }
}
