package io.stampede;

import io.stampede.spi.Token;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** P5: an entry is there as a whole or not at all, however its reader has come by it. */
@JCStressTest
@State
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "not there yet")
@Outcome(id = "7, 8, 9", expect = Expect.ACCEPTABLE, desc = "there")
@Outcome(expect = Expect.FORBIDDEN, desc = "half of an entry")
public class EntryStress {

    private static final Era ERA = new Era(Token.NONE, Long.MAX_VALUE, 0);

    @Nullable
    Entry<Integer> entry;

    @Actor
    public void write() {
        entry = Entry.of(7, new Token(0, 8), ERA, TagEra.NONE, new Entry.Life(0, 0, 9, 0), 0);
    }

    @Actor
    public void read(III_Result r) {
        Entry<Integer> found = entry;
        if (found != null) {
            r.r1 = found.value == null ? -1 : found.value;
            r.r2 = (int) found.version().low();
            r.r3 = (int) found.lifeLeft(0);
        }
    }
}
