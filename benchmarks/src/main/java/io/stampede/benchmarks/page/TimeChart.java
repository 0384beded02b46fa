package io.stampede.benchmarks.page;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A figure over time, for each contender in a panel of its own. All panels have the same scales.
 *
 * @param title what it shows, with the unit
 * @param bin the time that each value stands for
 */
public record TimeChart(String title, Duration bin, List<Panel> panels) {

    private static final int WIDTH = 660;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int HEADING = 36;
    private static final int PANEL = 80;
    private static final int AXIS = 40;
    /** Of a bar that stands for something: next to a hundred, one must not look like none. */
    private static final double LEAST_HEIGHT = 2;

    /**
     * One contender.
     *
     * @param note the figure in short
     * @param values from the start of the act to its end, which is sooner for some
     */
    public record Panel(String name, String note, List<Double> values) {

        private double highest() {
            return values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        }
    }

    String svg() {
        int height = panels.size() * (HEADING + PANEL) + AXIS;
        Svg svg = new Svg(WIDTH, height, label());
        Scale up = Scale.upTo(panels.stream().mapToDouble(Panel::highest).max().orElse(0), 4);
        Scale along = Scale.endingAt(
                seconds(panels.stream()
                        .mapToInt(panel -> panel.values().size())
                        .max()
                        .orElse(1)),
                12);
        for (int i = 0; i < panels.size(); i++) {
            int bottom = (i + 1) * (HEADING + PANEL);
            grid(svg, bottom, up, along);
            bars(svg, i, bottom, up, along);
        }
        timeAxis(svg, height - AXIS, along);
        return svg.drawn();
    }

    private String label() {
        StringBuilder label = new StringBuilder(title);
        panels.forEach(
                panel -> label.append(". ").append(panel.name()).append(": ").append(panel.note()));
        return label.toString();
    }

    private static void grid(Svg svg, int bottom, Scale up, Scale along) {
        for (double mark : up.marks()) {
            double y = bottom - PANEL * mark / up.highest();
            svg.line(mark == 0 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
            svg.text("mark right", LEFT - 8, y + 4, String.format(Locale.ROOT, "%,.0f", mark));
        }
        for (double mark : along.marks()) {
            svg.line("grid", x(mark, along), bottom - PANEL, x(mark, along), bottom);
        }
    }

    private void bars(Svg svg, int n, int bottom, Scale up, Scale along) {
        Panel panel = panels.get(n);
        svg.text("name " + Svg.series(n), LEFT, bottom - PANEL - 7, panel.name());
        svg.text("note right", WIDTH - RIGHT, bottom - PANEL - 7, panel.note());
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < panel.values().size(); i++) {
            double value = panel.values().get(i);
            if (value > 0) {
                double top = bottom - Math.max(LEAST_HEIGHT, PANEL * value / up.highest());
                double from = x(seconds(i), along);
                double to = Math.min(x(seconds(i + 1), along), WIDTH - RIGHT);
                bars.append(String.format(Locale.ROOT, "M%.1f %dV%.1fH%.1fV%dz", from, bottom, top, to, bottom));
            }
        }
        svg.path("bars " + Svg.series(n), bars.toString());
        svg.line("base " + Svg.series(n), LEFT, bottom, x(seconds(panel.values().size()), along), bottom);
    }

    private static void timeAxis(Svg svg, int bottom, Scale along) {
        for (double mark : along.marks()) {
            String format = along.step() < 1 ? "%.1f" : "%.0f";
            svg.text("mark middle", x(mark, along), bottom + 17, String.format(Locale.ROOT, format, mark));
        }
        svg.text("mark middle", (LEFT + WIDTH - RIGHT) / 2.0, bottom + 34, "seconds");
    }

    private double seconds(int bins) {
        return bins * bin.toMillis() / 1e3;
    }

    private static double x(double seconds, Scale along) {
        return LEFT + (WIDTH - LEFT - RIGHT) * seconds / along.highest();
    }
}
