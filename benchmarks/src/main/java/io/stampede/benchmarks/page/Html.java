package io.stampede.benchmarks.page;

/** Text in HTML and SVG. */
final class Html {

    private Html() {}

    /** So that the text is shown as it is, between tags as well as in a quoted attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
