package io.stampede;

import io.stampede.spi.Environment;
import io.stampede.spi.Token;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** P2, P5: no two leases, versions or generations of a node have the same token. */
@JCStressTest
@State
@Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "two tokens")
@Outcome(id = "false", expect = Expect.FORBIDDEN, desc = "one token, twice")
public class TokenStress {

    private static final Environment ENVIRONMENT = Environment.system("stress");

    private Token one = Token.NONE;
    private Token other = Token.NONE;

    @Actor
    public void one() {
        one = ENVIRONMENT.newToken();
    }

    @Actor
    public void other() {
        other = ENVIRONMENT.newToken();
    }

    @Arbiter
    public void look(Z_Result r) {
        r.r1 = !one.equals(other);
    }
}
