package io.stampede;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** P7: what enters the era after a gap is never judged by a tag of which messages may have been missed. */
@JCStressTest
@State
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "before the gap was noticed")
@Outcome(id = "false, false", expect = Expect.ACCEPTABLE, desc = "the tag is in doubt already")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "after the gap was noticed")
@Outcome(id = "true, true", expect = Expect.FORBIDDEN, desc = "judged by a tag in doubt")
public class EraStress {

    private final LocalTier<Integer, Integer> local =
            new LocalTier<>(new LincheckEnvironment(), new Events(new CacheListener() {}), 10, Long.MAX_VALUE);
    private final Era before = local.era();
    private final TagEra tag = TagEra.local(0);

    @Actor
    public void notice() {
        tag.doubt(true);
        local.suspectAll();
    }

    @Actor
    public void judge(ZZ_Result r) {
        r.r1 = local.era() != before;
        r.r2 = tag.isCurrent();
    }
}
