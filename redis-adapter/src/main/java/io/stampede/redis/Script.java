package io.stampede.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What runs inside Redis: one {@code .lua} file each, whose header says what it takes and answers. */
enum Script {
    CLAIM(Script.ENVELOPES),
    RENEW,
    PUBLISH(Script.ENVELOPES, Script.MESSAGES),
    RELEASE(Script.MESSAGES),
    PUT(Script.MESSAGES),
    INVALIDATE(Script.MESSAGES),
    EXPIRE(Script.ENVELOPES, Script.MESSAGES),
    GENERATION,
    CLEAR(Script.MESSAGES),
    TAG,
    INVALIDATE_TAG(Script.MESSAGES),
    LOOK,
    MARK,
    UNMARK,
    ADOPT(Script.MARKS, Script.MESSAGES),
    ADOPT_TAG(Script.MARKS, Script.MESSAGES);

    /** Functions that several scripts need: Redis lets no script call another. */
    private static final String ENVELOPES = "envelopes.lua";

    private static final String MESSAGES = "messages.lua";

    private static final String MARKS = "marks.lua";

    private final String source;
    private final String digest;

    Script(String... functions) {
        StringBuilder all = new StringBuilder();
        for (String file : functions) {
            all.append(read(file));
        }
        this.source = all.append(read(name().toLowerCase(Locale.ROOT) + ".lua")).toString();
        this.digest = sha1(source);
    }

    String source() {
        return source;
    }

    /** What Redis calls it. */
    String digest() {
        return digest;
    }

    private static String read(String file) {
        try (InputStream in = Script.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("io/stampede/redis/" + file + " is missing from the class path");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("io/stampede/redis/" + file + " can't be read", e);
        }
    }

    private static String sha1(String source) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(source.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-1", e);
        }
    }
}
