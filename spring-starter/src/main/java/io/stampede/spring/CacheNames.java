package io.stampede.spring;

/**
 * Turns the names that Spring's annotations may have into those that a cache may have. Letters, digits and {@code . _ : -}
 * stay as they are; any other character becomes {@code :u} and four hexadecimal digits, and so does a colon that could be
 * taken for the beginning of that. Different names stay different.
 */
final class CacheNames {

    private static final int DIGITS = 4;

    private CacheNames() {}

    static String encoded(String name) {
        StringBuilder encoded = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (isPlain(c) && !(c == ':' && looksEncoded(name, i))) {
                encoded.append(c);
            } else {
                encoded.append(":u").append(String.format("%04x", (int) c));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(char c) {
        boolean isAscii = c < 128;
        return (isAscii && Character.isLetterOrDigit(c)) || "._:-".indexOf(c) >= 0;
    }

    private static boolean looksEncoded(String name, int colon) {
        if (colon + 2 + DIGITS > name.length() || name.charAt(colon + 1) != 'u') {
            return false;
        }
        return name.substring(colon + 2, colon + 2 + DIGITS).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }
}
