package io.stampede.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.Question.Asked;
import io.stampede.benchmarks.suite.Results.Answer;
import io.stampede.benchmarks.suite.Results.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultsTest {

    private static final Question QUESTION = new Question(
            "A put", WriteBenchmark.class, "put", Map.of(), 1, Asked.of(ContenderKind.BY_HAND, ContenderKind.STAMPEDE));

    /** In the second round the machine had half its speed: for the floor and for us. */
    @Test
    void eachRoundIsComparedWithTheFloorOfTheSameRound() {
        Answer answer = Answer.of(
                QUESTION, List.of(List.of(took(100, 10), took(200, 20)), List.of(took(50, 40), took(100, 80))));
        Row ours = answer.rows().get(1);
        assertThat(ours.contender()).isEqualTo("Stampede");
        assertThat(ours.speed()).isEqualTo(new Spread(2, 2, 2));
        assertThat(ours.speedPerCpu()).isEqualTo(new Spread(0.25, 0.25, 0.25));
        assertThat(ours.nanos()).isCloseTo(75, within(1e-9));
        assertThat(answer.rows().get(0).speed()).isEqualTo(new Spread(1, 1, 1));
    }

    private static Measured took(double nanos, double cpuNanos) {
        return new Measured(nanos, cpuNanos, 0, 0, 0);
    }
}
