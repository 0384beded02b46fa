package io.stampede;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** P8: the store's time is that of one reply, also while another is learned that contradicts it. */
@JCStressTest
@State
@Outcome(id = "100, 101", expect = Expect.ACCEPTABLE, desc = "the first reply")
@Outcome(id = "900, 901", expect = Expect.ACCEPTABLE, desc = "the second")
@Outcome(id = "100, 901", expect = Expect.ACCEPTABLE, desc = "asked twice, with the second reply between the two")
@Outcome(expect = Expect.FORBIDDEN, desc = "of no reply, or back to the first")
public class ServerClockStress {

    private final ServerClock clock = new ServerClock();

    public ServerClockStress() {
        clock.learn(0, 1_000, 101);
    }

    @Actor
    public void learn() {
        clock.learn(0, 1_000, 901);
    }

    @Actor
    public void ask(JJ_Result r) {
        r.r1 = clock.earliestMicros(1_000) - 1;
        r.r2 = clock.latestMicros(1_000) - 1;
    }
}
