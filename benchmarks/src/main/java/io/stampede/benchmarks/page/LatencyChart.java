package io.stampede.benchmarks.page;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How long reads took, at some percentiles, on a logarithmic scale: a hit takes a microsecond and a miss a fifth of a
 * second, and both are to be seen.
 *
 * @param percentiles what the values stand for
 */
public record LatencyChart(List<String> percentiles, List<Line> lines) {

    private static final int WIDTH = 460;
    private static final int LEFT = 58;
    private static final int RIGHT = 26;
    private static final int LEGEND = 30;
    private static final int HEIGHT = 290;
    private static final int AXIS = 40;

    /**
     * One contender.
     *
     * @param nanos a value for each percentile
     */
    public record Line(String name, List<Double> nanos) {}

    String svg() {
        Svg svg = new Svg(WIDTH, LEGEND + HEIGHT + AXIS, label());
        // From a full decade to a full decade.
        int lowest = (int) Math.floor(Math.log10(Math.max(1, all().min().orElse(1))));
        int highest = Math.max(lowest + 1, (int)
                Math.ceil(Math.log10(Math.max(1, all().max().orElse(1)))));
        grid(svg, lowest, highest);
        for (int i = 0; i < lines.size(); i++) {
            legend(svg, i);
            line(svg, i, lowest, highest);
        }
        return svg.drawn();
    }

    private DoubleStream all() {
        return lines.stream().flatMap(line -> line.nanos().stream()).mapToDouble(Double::doubleValue);
    }

    private String label() {
        return lines.stream().map(this::label).collect(Collectors.joining(". ", "How long reads took. ", ""));
    }

    private String label(Line line) {
        StringBuilder label = new StringBuilder(line.name()).append(":");
        for (int i = 0; i < percentiles.size(); i++) {
            label.append(' ')
                    .append(percentiles.get(i))
                    .append(' ')
                    .append(Figures.time(line.nanos().get(i)));
        }
        return label.toString();
    }

    private void grid(Svg svg, int lowest, int highest) {
        for (double nanos : marks(lowest, highest)) {
            double y = y(nanos, lowest, highest);
            svg.line(y == LEGEND + HEIGHT ? "axis" : "grid", LEFT, y, WIDTH - RIGHT / 2.0, y);
            svg.text("mark right", LEFT - 8, y + 4, round(nanos));
        }
        for (int i = 0; i < percentiles.size(); i++) {
            svg.text("mark middle", x(i), LEGEND + HEIGHT + 18, percentiles.get(i));
        }
        svg.text("mark middle", (LEFT + WIDTH) / 2.0, LEGEND + HEIGHT + 35, "percentile of all reads");
    }

    /** Each decade, and something in between if that leaves the chart empty. */
    private static List<Double> marks(int lowest, int highest) {
        List<Integer> digits = highest - lowest > 2 ? List.of(1) : List.of(1, 2, 5);
        return IntStream.rangeClosed(lowest, highest)
                .mapToObj(decade -> Math.pow(10, decade))
                .flatMap(decade -> digits.stream().map(digit -> digit * decade))
                .filter(nanos -> nanos <= Math.pow(10, highest))
                .toList();
    }

    private void legend(Svg svg, int n) {
        double x = LEFT + 10 + n * 130;
        svg.marker(n, x, 10, lines.get(n).name());
        svg.text("name " + Svg.series(n), x + 12, 14, lines.get(n).name());
    }

    private void line(Svg svg, int n, int lowest, int highest) {
        Line line = lines.get(n);
        for (int i = 1; i < percentiles.size(); i++) {
            double before = y(line.nanos().get(i - 1), lowest, highest);
            svg.line(
                    "curve " + Svg.series(n),
                    x(i - 1),
                    before,
                    x(i),
                    y(line.nanos().get(i), lowest, highest));
        }
        for (int i = 0; i < percentiles.size(); i++) {
            double nanos = line.nanos().get(i);
            String tooltip = line.name() + ", " + percentiles.get(i) + ": " + Figures.time(nanos);
            svg.marker(n, x(i), y(nanos, lowest, highest), tooltip);
        }
    }

    private double x(int percentile) {
        return LEFT + 24 + (WIDTH - LEFT - RIGHT - 24) * (double) percentile / Math.max(1, percentiles.size() - 1);
    }

    private static double y(double nanos, int lowest, int highest) {
        double share = (Math.log10(Math.max(1, nanos)) - lowest) / (highest - lowest);
        return LEGEND + HEIGHT * (1 - share);
    }

    private static String round(double nanos) {
        if (nanos < 999) {
            return Math.round(nanos) + " ns";
        }
        if (nanos < 999_999) {
            return Math.round(nanos / 1e3) + " µs";
        }
        return nanos < 999_999_999 ? Math.round(nanos / 1e6) + " ms" : Math.round(nanos / 1e9) + " s";
    }
}
