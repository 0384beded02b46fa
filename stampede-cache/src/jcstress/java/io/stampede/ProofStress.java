package io.stampede;

import io.stampede.spi.Token;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.J_Result;

/** P7: parts that prove an era at the same time have proven it, and one of them alone has not. */
@JCStressTest
@State
@Outcome(id = "5", expect = Expect.ACCEPTABLE, desc = "proven up to the moment it was asked for")
@Outcome(expect = Expect.FORBIDDEN, desc = "the proof is lost")
public class ProofStress {

    private final Era era = new Era(Token.NONE, Long.MAX_VALUE, 0);
    private final Proof proof = new Proof(era, 5, 2);

    @Actor
    public void one() {
        proof.given();
    }

    @Actor
    public void other() {
        proof.given();
    }

    @Arbiter
    public void look(J_Result r) {
        r.r1 = era.provenAt();
    }
}
