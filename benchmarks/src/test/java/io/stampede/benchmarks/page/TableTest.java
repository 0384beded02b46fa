package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private final Table table =
            new Table(List.of("", "queries"), List.of(List.of("by hand", "1,440"), List.of("Stampede", "5")));

    @Test
    void namesStandToTheLeftAndFiguresToTheRight() {
        assertThat(table.text().lines())
                .containsExactly("             queries", "  by hand      1,440", "  Stampede         5");
    }

    @Test
    void headsAreHeadsForThoseWhoCannotSee() {
        assertThat(table.html()).contains("<th scope=\"col\">queries</th>", "<th scope=\"row\">by hand</th>");
    }
}
