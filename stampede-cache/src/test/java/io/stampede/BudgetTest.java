package io.stampede;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** P10: what one command of a call has taken, its others do not get. */
class BudgetTest {

    @Test
    void whatIsSpentIsGone() {
        Budget budget = new Budget(100);
        budget.spend(30);
        budget.spend(20);
        assertThat(budget.nanosLeft()).isEqualTo(50);
    }
}
