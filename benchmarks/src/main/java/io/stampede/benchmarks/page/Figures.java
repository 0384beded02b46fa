package io.stampede.benchmarks.page;

import java.util.Locale;

/** Numbers, as people read them. */
public final class Figures {

    private Figures() {}

    /** With separators between the thousands. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With one digit behind the point. */
    public static String oneDecimal(double number) {
        return String.format(Locale.ROOT, "%,.1f", number);
    }

    /** In seconds, whatever the size. */
    public static String seconds(long millis) {
        return String.format(Locale.ROOT, "%.2f s", millis / 1_000.0);
    }

    /** With two digits at least, in the unit that suits the size. */
    public static String time(double nanos) {
        if (nanos < 999_500) {
            return withUnit(nanos / 1e3, "µs");
        }
        return nanos < 999_500_000 ? withUnit(nanos / 1e6, "ms") : String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }

    private static String withUnit(double number, String unit) {
        return String.format(Locale.ROOT, number < 9.95 ? "%.1f %s" : "%.0f %s", number, unit);
    }
}
