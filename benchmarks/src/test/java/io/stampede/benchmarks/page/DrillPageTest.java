package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class DrillPageTest {

    private static final String NASTY = "<b>\"R&D's\" {{topologies}} $1 \\";
    private static final String ESCAPED = "&lt;b&gt;&quot;R&amp;D&#39;s&quot; {{topologies}} $1 \\";

    private static FaultChart chart(double normal) {
        return new FaultChart(
                NASTY, Duration.ofMillis(250), List.of(0.0, 700.0, 1.0), List.of(3.0, 0.0, 9.0), 0, 0.5, normal);
    }

    @Test
    void textIsShownAsItIsAndNothingIsNeededFromElsewhere() throws Exception {
        Table table = new Table(List.of("", NASTY), List.of(List.of(NASTY, NASTY)));
        String html = new DrillPage(
                        NASTY,
                        NASTY,
                        List.of(NASTY),
                        List.of(new DrillPage.Section("a", NASTY, table, List.of(chart(1)))))
                .html();

        assertThat(html).contains(ESCAPED).doesNotContain("<b>");
        assertThat(html).doesNotContain("http:", "https:", " src=", "<script", "<link", "@import", "url(");
    }

    @Test
    void theChartIsWellFormedAlsoWithoutAnyFigure() throws Exception {
        FaultChart empty = new FaultChart("none", Duration.ofMillis(250), List.of(), List.of(), 0, 0, -1);
        for (FaultChart chart : List.of(chart(1), chart(-1), empty)) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(chart.svg())));
            assertThat(chart.svg()).doesNotContain("NaN", "Infinity");
        }
    }

    @Test
    void whatWasNeverNormalHasNoLineForIt() {
        assertThat(chart(0.7).svg()).contains("class=\"normal\"");
        assertThat(chart(-1).svg()).doesNotContain("class=\"normal\"");
    }
}
