package io.stampede.benchmarks.page;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * What a fault does in time: how long reads waited and how many loads there were. The time of the fault is shaded, the moment
 * when all was normal is a line.
 *
 * @param bin the time that each value stands for
 * @param waits the longest wait, in milliseconds
 * @param loads how many began
 * @param from when the fault began, in seconds from the first value
 * @param to when it was over
 * @param normal when all was normal; negative if it never was
 */
public record FaultChart(
        String title, Duration bin, List<Double> waits, List<Double> loads, double from, double to, double normal) {

    private static final int WIDTH = 380;
    private static final int LEFT = 46;
    private static final int RIGHT = 14;
    private static final int HEADING = 22;
    private static final int PANEL = 62;
    private static final int AXIS = 34;
    /** Of a bar that stands for something: next to a hundred, one must not look like none. */
    private static final double LEAST_HEIGHT = 2;
    /** Of what is over at once, to be seen at all. */
    private static final double LEAST_SHADE = 3;

    String svg() {
        int height = 2 * (HEADING + PANEL) + AXIS;
        Svg svg = new Svg(WIDTH, height, title + ": the longest wait and the loads over time");
        Scale along = Scale.endingAt(Math.max(waits.size(), loads.size()) * bin.toMillis() / 1e3, 8);
        panel(svg, 0, "longest wait, ms", waits, along);
        panel(svg, 1, "loads per " + bin.toMillis() + " ms", loads, along);
        for (double mark : along.marks()) {
            svg.text(
                    "mark middle",
                    x(mark, along),
                    height - AXIS + 15,
                    String.format(Locale.ROOT, along.step() < 1 ? "%.1f" : "%.0f", mark));
        }
        svg.text("mark middle", (LEFT + WIDTH - RIGHT) / 2.0, height - 4, "seconds");
        return svg.drawn();
    }

    private void panel(Svg svg, int n, String name, List<Double> values, Scale along) {
        int bottom = (n + 1) * (HEADING + PANEL);
        int top = bottom - PANEL;
        double shadeEnd = Math.min(Math.max(x(to, along), x(from, along) + LEAST_SHADE), WIDTH - RIGHT);
        svg.path(
                "shade",
                String.format(Locale.ROOT, "M%.1f %dV%dH%.1fV%dz", x(from, along), bottom, top, shadeEnd, bottom));
        Scale up = Scale.upTo(
                values.stream().mapToDouble(Double::doubleValue).max().orElse(0), 3);
        for (double mark : up.marks()) {
            double y = bottom - PANEL * mark / up.highest();
            svg.line(mark == 0 ? "axis" : "grid", LEFT, y, WIDTH - RIGHT, y);
            svg.text("mark right", LEFT - 6, y + 4, String.format(Locale.ROOT, "%,.0f", mark));
        }
        svg.text("name " + Svg.series(n), LEFT, top - 7, name);
        StringBuilder bars = new StringBuilder();
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) > 0) {
                double y = bottom - Math.max(LEAST_HEIGHT, PANEL * values.get(i) / up.highest());
                double left = x(i * bin.toMillis() / 1e3, along);
                double right = Math.min(x((i + 1) * bin.toMillis() / 1e3, along), WIDTH - RIGHT);
                bars.append(String.format(Locale.ROOT, "M%.1f %dV%.1fH%.1fV%dz", left, bottom, y, right, bottom));
            }
        }
        svg.path("bars " + Svg.series(n), bars.toString());
        if (normal >= 0) {
            svg.line("normal", x(normal, along), bottom, x(normal, along), top);
        }
    }

    private static double x(double seconds, Scale along) {
        return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(seconds, along.highest()) / along.highest();
    }
}
