package io.stampede;

import static io.stampede.PartHearing.Finding.BEGUN;
import static io.stampede.PartHearing.Finding.NONE;
import static io.stampede.PartHearing.Finding.OTHER_MEMORY;
import static io.stampede.PartHearing.Finding.PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.PartHearing.Question;
import io.stampede.spi.RemoteTier.Generation;
import io.stampede.spi.Token;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** P7: whatever becomes of messages and answers, nothing is called proven that isn't. */
class PartHearingPropertyTest {

    private static Era newEra() {
        return new Era(new Token(1, 1), 1_000, 0);
    }

    private static Generation says(long sequence) {
        return new Generation(new Token(1, 1), sequence, "server", 0);
    }

    /**
     * Messages are told, heard, lost or late, and L2 is asked, in any order: an era that is proven has been told of every
     * message from its beginning to that moment.
     */
    @Property(seed = "20261123", tries = 2_000)
    void whatIsProvenIsTrue(@ForAll @Size(max = 40) List<@IntRange(max = 6) Integer> steps) {
        Model model = new Model();
        steps.forEach(model::step);
    }

    /** If none is lost, and each comes before the answer that counts it, all is proven and nothing doubted. */
    @Property(seed = "20261123", tries = 500)
    void whereNothingIsLostNothingIsDoubted(@ForAll @Size(max = 40) List<@IntRange(max = 1) Integer> steps) {
        PartHearing hearing = new PartHearing(false);
        Era era = newEra();
        hearing.up();
        assertThat(hearing.answered(hearing.ask(new Proof(era, 1, 1)), says(0))).isEqualTo(BEGUN);
        long told = 0;
        long clock = 1;
        for (int step : steps) {
            if (step == 0) {
                told++;
                assertThat(hearing.heard(told)).isTrue();
            } else {
                assertThat(hearing.answered(hearing.ask(new Proof(era, ++clock, 1)), says(told)))
                        .isEqualTo(NONE);
                assertThat(era.provenAt()).isEqualTo(clock);
            }
        }
    }

    private static final class Model {
        private final PartHearing hearing = new PartHearing(false);
        private final Deque<Long> onTheWay = new ArrayDeque<>();
        private final Set<Long> heard = new HashSet<>();
        private long told;
        private long clock;
        private Era era = newEra();
        private long toldBeforeEra;
        private final Map<Long, Long> toldAt = new HashMap<>();
        private @Nullable Question asked;
        private @Nullable Question pending;

        private void step(int step) {
            switch (step) {
                case 0 -> onTheWay.add(++told);
                case 1 -> hear(onTheWay.poll());
                case 2 -> onTheWay.poll();
                case 3 -> ask();
                case 4 -> answer();
                case 5 -> settle();
                default -> {
                    hearing.up();
                    begin();
                }
            }
        }

        private void ask() {
            asked = hearing.ask(new Proof(era, ++clock, 1));
            toldAt.put(clock, told);
        }

        private void answer() {
            if (asked != null) {
                pending = asked;
                found(hearing.answered(asked, says(toldAt.get(asked.proof().askedAt()))));
                asked = null;
            }
        }

        private void settle() {
            if (pending != null) {
                found(hearing.settle(pending));
                pending = null;
            }
        }

        private void hear(@Nullable Long number) {
            if (number != null) {
                heard.add(number);
                if (!hearing.heard(number)) {
                    begin();
                }
            }
        }

        private void found(PartHearing.Finding finding) {
            assertThat(finding).isNotEqualTo(OTHER_MEMORY);
            check();
            if (finding != NONE && finding != PENDING) {
                begin();
            }
        }

        private void begin() {
            era = newEra();
            toldBeforeEra = told;
        }

        private void check() {
            if (era.provenAt() != 0) {
                assertThat(heard)
                        .containsAll(LongStream.rangeClosed(toldBeforeEra + 1, toldAt.get(era.provenAt()))
                                .boxed()
                                .toList());
            }
        }
    }
}
