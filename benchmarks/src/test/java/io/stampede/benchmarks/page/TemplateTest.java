package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class TemplateTest {

    @Test
    void textIsEscapedAndHtmlIsNot() {
        String filled =
                new Template("{{a}} {{b}}").text("a", "<i>").html("b", "<i>").filled();

        assertThat(filled).isEqualTo("&lt;i&gt; <i>");
    }

    @Test
    void nothingInAValueIsTakenForABlank() {
        assertThat(new Template("{{a}}").text("a", "{{b}} $0").filled()).isEqualTo("{{b}} $0");
    }

    @Test
    void aBlankWithoutAValueIsAMistake() {
        assertThatIllegalStateException()
                .isThrownBy(new Template("{{title}}")::filled)
                .withMessageContaining("{{title}}");
    }
}
