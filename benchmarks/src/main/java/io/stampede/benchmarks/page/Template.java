package io.stampede.benchmarks.page;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HTML with blanks to fill in, such as <code>{{title}}</code>. */
final class Template {

    private static final Pattern BLANK = Pattern.compile("\\{\\{(\\w+)}}");

    private final String template;
    private final Map<String, String> values = new HashMap<>();

    Template(String template) {
        this.template = template;
    }

    /** A resource beside this class. */
    static Template load(String resource) throws IOException {
        try (InputStream in = Template.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new FileNotFoundException(resource);
            }
            return new Template(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Fills a blank with text, escaped. */
    Template text(String blank, String text) {
        return html(blank, Html.escape(text));
    }

    /** Fills a blank with HTML as it is. */
    Template html(String blank, String html) {
        values.put(blank, html);
        return this;
    }

    /** In one pass, so that nothing in a value is taken for a blank. */
    String filled() {
        return BLANK.matcher(template).replaceAll(blank -> Matcher.quoteReplacement(value(blank)));
    }

    private String value(MatchResult blank) {
        String value = values.get(blank.group(1));
        if (value == null) {
            throw new IllegalStateException("Nothing to fill in for " + blank.group());
        }
        return value;
    }
}
