package io.stampede.benchmarks.suite;

/** A Markdown text with sections between two markers, {@code <!-- name: generated -->} and {@code <!-- name: end -->}. */
public record MarkedText(String text) {

    /**
     * The same with another content of the section.
     *
     * @throws IllegalArgumentException if there is no such section
     */
    public MarkedText with(String section, String content) {
        String begin = "<!-- " + section + ": generated -->\n";
        String end = "<!-- " + section + ": end -->";
        int from = text.indexOf(begin);
        int to = text.indexOf(end, Math.max(from, 0));
        if (from < 0 || to < 0) {
            throw new IllegalArgumentException("No section " + section);
        }
        return new MarkedText(text.substring(0, from + begin.length()) + content + text.substring(to));
    }
}
