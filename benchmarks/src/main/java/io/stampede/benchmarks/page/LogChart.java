package io.stampede.benchmarks.page;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Figures on a logarithmic scale: a hit takes a microsecond and a miss a fifth of a second, and both are to be seen.
 *
 * @param title what the figures are
 * @param unit of them
 * @param axis what the places are
 * @param places where there are figures, from left to right
 */
public record LogChart(String title, Unit unit, String axis, List<String> places, List<Line> lines) {

    private static final int WIDTH = 460;
    private static final int LEFT = 58;
    private static final int RIGHT = 26;
    private static final int LEGEND_LINE = 20;
    private static final int LEGEND_COLUMNS = 2;
    private static final int LEGEND_COLUMN = 230;
    private static final int HEIGHT = 290;
    private static final int AXIS = 40;

    /** What the figures count. */
    public enum Unit {
        /** Nanoseconds. */
        TIME {
            @Override
            String exact(double nanos) {
                return Figures.time(nanos);
            }

            @Override
            String round(double nanos) {
                if (nanos < 999) {
                    return Math.round(nanos) + " ns";
                }
                if (nanos < 999_999) {
                    return Math.round(nanos / 1e3) + " µs";
                }
                return nanos < 999_999_999 ? Math.round(nanos / 1e6) + " ms" : Math.round(nanos / 1e9) + " s";
            }
        },
        /** Just numbers. */
        NUMBER {
            @Override
            String exact(double number) {
                return number < 100 ? Figures.oneDecimal(number) : Figures.count(Math.round(number));
            }

            @Override
            String round(double number) {
                if (number < 999) {
                    return Long.toString(Math.round(number));
                }
                return number < 999_999 ? Math.round(number / 1e3) + " k" : Math.round(number / 1e6) + " M";
            }
        };

        abstract String exact(double figure);

        abstract String round(double figure);
    }

    /**
     * One contender.
     *
     * @param series of its colour, from 0
     * @param figures one for each place; what is below 1 is drawn as 1
     */
    public record Line(String name, int series, List<Double> figures) {}

    String svg() {
        Svg svg = new Svg(WIDTH, legend() + HEIGHT + AXIS, label());
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

    /** How much room the names take, above the chart. */
    private int legend() {
        return 10 + LEGEND_LINE * ((lines.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS);
    }

    private DoubleStream all() {
        return lines.stream().flatMap(line -> line.figures().stream()).mapToDouble(Double::doubleValue);
    }

    private String label() {
        return lines.stream().map(this::label).collect(Collectors.joining(". ", title + ". ", ""));
    }

    private String label(Line line) {
        StringBuilder label = new StringBuilder(line.name()).append(":");
        for (int i = 0; i < places.size(); i++) {
            label.append(' ')
                    .append(places.get(i))
                    .append(' ')
                    .append(unit.exact(line.figures().get(i)));
        }
        return label.toString();
    }

    private void grid(Svg svg, int lowest, int highest) {
        for (double mark : marks(lowest, highest)) {
            double y = y(mark, lowest, highest);
            svg.line(y == legend() + HEIGHT ? "axis" : "grid", LEFT, y, WIDTH - RIGHT / 2.0, y);
            svg.text("mark right", LEFT - 8, y + 4, unit.round(mark));
        }
        for (int i = 0; i < places.size(); i++) {
            svg.text("mark middle", x(i), legend() + HEIGHT + 18, places.get(i));
        }
        svg.text("mark middle", (LEFT + WIDTH) / 2.0, legend() + HEIGHT + 35, axis);
    }

    /** Each decade, and something in between if that leaves the chart empty. */
    private static List<Double> marks(int lowest, int highest) {
        List<Integer> digits = highest - lowest > 2 ? List.of(1) : List.of(1, 2, 5);
        return IntStream.rangeClosed(lowest, highest)
                .mapToObj(decade -> Math.pow(10, decade))
                .flatMap(decade -> digits.stream().map(digit -> digit * decade))
                .filter(mark -> mark <= Math.pow(10, highest))
                .toList();
    }

    private void legend(Svg svg, int n) {
        double x = LEFT + 10 + n % LEGEND_COLUMNS * LEGEND_COLUMN;
        double y = 10 + n / LEGEND_COLUMNS * LEGEND_LINE;
        svg.marker(lines.get(n).series(), x, y, lines.get(n).name());
        svg.text(
                "name " + Svg.series(lines.get(n).series()),
                x + 12,
                y + 4,
                lines.get(n).name());
    }

    private void line(Svg svg, int n, int lowest, int highest) {
        Line line = lines.get(n);
        for (int i = 1; i < places.size(); i++) {
            double before = y(line.figures().get(i - 1), lowest, highest);
            svg.line(
                    "curve " + Svg.series(line.series()),
                    x(i - 1),
                    before,
                    x(i),
                    y(line.figures().get(i), lowest, highest));
        }
        for (int i = 0; i < places.size(); i++) {
            double figure = line.figures().get(i);
            String tooltip = line.name() + ", " + places.get(i) + ": " + unit.exact(figure);
            svg.marker(line.series(), x(i), y(figure, lowest, highest), tooltip);
        }
    }

    private double x(int place) {
        return LEFT + 24 + (WIDTH - LEFT - RIGHT - 24) * (double) place / Math.max(1, places.size() - 1);
    }

    private double y(double figure, int lowest, int highest) {
        double share = (Math.log10(Math.max(1, figure)) - lowest) / (highest - lowest);
        return legend() + HEIGHT * (1 - share);
    }
}
