package io.stampede.benchmarks.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class PageTest {

    private static final String NASTY = "<b>\"R&D's\" {{acts}} $1 \\";
    private static final String ESCAPED = "&lt;b&gt;&quot;R&amp;D&#39;s&quot; {{acts}} $1 \\";

    private final Page page = new Page(NASTY, NASTY, List.of(section()));

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
        assertThat(new LatencyChart(List.of("p50"), List.of(new LatencyChart.Line("a", List.of(0.0)))).svg())
                .doesNotContain("NaN", "Infinity");
    }

    @Test
    void writesTheDirectoriesToo(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("not/there/index.html");

        page.write(file);

        assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").contains("charset=\"utf-8\"");
    }

    private static Page.Section section() {
        Table table = new Table(List.of("", NASTY), List.of(List.of(NASTY, NASTY)));
        return new Page.Section(1, NASTY, NASTY, NASTY, List.of(chart()), latencies(), table);
    }

    private static TimeChart chart() {
        return new TimeChart(
                NASTY,
                Duration.ofMillis(100),
                List.of(
                        new TimeChart.Panel(NASTY, NASTY, List.of(0.0, 96.0, 1.0)),
                        new TimeChart.Panel("idle", "none", List.of())));
    }

    private static LatencyChart latencies() {
        return new LatencyChart(
                List.of("p50", "max"),
                List.of(
                        new LatencyChart.Line(NASTY, List.of(800.0, 2.5e8)),
                        new LatencyChart.Line("b", List.of(1e3, 1e9))));
    }
}
