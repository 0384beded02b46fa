package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class HerdPageTest {

    private static final String NASTY = "<b>\"R&D's\" {{acts}} $1 \\";
    private static final String ESCAPED = "&lt;b&gt;&quot;R&amp;D&#39;s&quot; {{acts}} $1 \\";

    private final HerdPage page = new HerdPage(NASTY, List.of(section()), NASTY, List.of(latencies()));

    @Test
    void textIsShownAsItIs() throws Exception {
        assertThat(page.html()).contains(ESCAPED).doesNotContain("<b>");
    }

    @Test
    void needsNothingFromElsewhere() throws Exception {
        assertThat(page.html()).doesNotContain("http:", "https:", " src=", "<script", "<link", "@import", "url(");
    }

    @Test
    void theChartsAreWellFormed() throws Exception {
        for (String svg : List.of(chart().svg(), latencies().svg())) {
            DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
            assertThat(svg).doesNotContain("NaN", "Infinity");
        }
    }

    @Test
    void anActWithoutAnyFigureCanBeDrawn() {
        assertThat(new TimeChart("nothing", Duration.ofMillis(100), List.of(new TimeChart.Panel("a", "", List.of())))
                        .svg())
                .doesNotContain("NaN", "Infinity");
        assertThat(new LogChart(
                                "nothing",
                                LogChart.Unit.TIME,
                                "",
                                List.of("p50"),
                                List.of(new LogChart.Line("a", 0, List.of(0.0))))
                        .svg())
                .doesNotContain("NaN", "Infinity");
    }

    private static HerdPage.Section section() {
        Table table = new Table(List.of("", NASTY), List.of(List.of(NASTY, NASTY)));
        return new HerdPage.Section("id", NASTY, NASTY, chart(), chart(), latencies(), table, List.of(NASTY));
    }

    private static TimeChart chart() {
        return new TimeChart(
                NASTY,
                Duration.ofMillis(100),
                List.of(
                        new TimeChart.Panel(NASTY, NASTY, List.of(0.0, 96.0, 1.0)),
                        new TimeChart.Panel("idle", "none", List.of())));
    }

    private static LogChart latencies() {
        return new LogChart(
                NASTY,
                LogChart.Unit.NUMBER,
                NASTY,
                List.of("p50", "max"),
                List.of(
                        new LogChart.Line(NASTY, 0, List.of(800.0, 2.5e8)),
                        new LogChart.Line("b", 5, List.of(1e3, 1e9))));
    }
}
