package io.stampede;

import io.stampede.Outbox.Item;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** P12: what is queued while the last of what waited is settled is held, also for those who look without a lock. */
@JCStressTest
@State
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "held")
@Outcome(expect = Expect.FORBIDDEN, desc = "read from L2, which does not know of the write")
public class OutboxStress {

    private final Outbox outbox = new Outbox(10);
    private final Outbox.Ticket first;

    public OutboxStress() {
        outbox.add(Item.key("first"), 0);
        first = outbox.ticket(Item.key("first"));
    }

    @Actor
    public void settle() {
        outbox.settle(Item.key("first"), first);
    }

    @Actor
    public void add() {
        outbox.add(Item.key("second"), 0);
    }

    @Arbiter
    public void look(ZZ_Result r) {
        r.r1 = outbox.isEmpty();
        r.r2 = outbox.holds("second");
    }
}
