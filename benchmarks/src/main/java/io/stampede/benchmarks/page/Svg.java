package io.stampede.benchmarks.page;

import java.util.List;
import java.util.Locale;

/** A drawing. How its parts look is left to the page's style sheet, which knows light and dark. */
final class Svg {

    private static final double MARKER = 5;
    /** Circle, square, triangle up, triangle down, bar, diamond: of these, the last is ours. */
    private static final List<String> MARKERS = List.of(
            "<circle cx=\"%1$.1f\" cy=\"%2$.1f\" r=\"%3$.1f\"/>",
            "<path d=\"M%1$.1f %2$.1fm-%3$.1f -%3$.1fh%4$.1fv%4$.1fh-%4$.1fz\"/>",
            "<path d=\"M%1$.1f %2$.1fm0 -%5$.1fl%5$.1f %4$.1fh-%6$.1fz\"/>",
            "<path d=\"M%1$.1f %2$.1fm0 %5$.1fl%5$.1f -%4$.1fh-%6$.1fz\"/>",
            "<path d=\"M%1$.1f %2$.1fm-%5$.1f -1.8h%6$.1fv3.6h-%6$.1fz\"/>",
            "<path d=\"M%1$.1f %2$.1fm0 -%5$.1fl%5$.1f %5$.1fl-%5$.1f %5$.1fl-%5$.1f -%5$.1fz\"/>");

    private final StringBuilder parts = new StringBuilder();

    /** @param label what it shows, for those who can't see it */
    Svg(int width, int height, String label) {
        parts.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                width,
                height,
                Html.escape(label)));
    }

    /** The style of the n-th contender, from 0. */
    static String series(int n) {
        return "series" + (n % MARKERS.size() + 1);
    }

    void line(String style, double x1, double y1, double x2, double y2) {
        path(style, String.format(Locale.ROOT, "M%.1f %.1fL%.1f %.1f", x1, y1, x2, y2));
    }

    void path(String style, String commands) {
        parts.append(String.format(Locale.ROOT, "<path class=\"%s\" d=\"%s\"/>%n", style, commands));
    }

    void text(String style, double x, double y, String text) {
        parts.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n", style, x, y, Html.escape(text)));
    }

    /** A point of the n-th contender. Each has a shape of its own besides its colour. */
    void marker(int n, double x, double y, String tooltip) {
        String shape = String.format(
                Locale.ROOT,
                MARKERS.get(n % MARKERS.size()),
                x,
                y,
                MARKER * 0.9,
                MARKER * 1.8,
                MARKER * 1.25,
                MARKER * 2.5);
        parts.append(String.format(
                "<g class=\"marker %s\"><title>%s</title>%s</g>%n", series(n), Html.escape(tooltip), shape));
    }

    String drawn() {
        return parts + "</svg>";
    }
}
