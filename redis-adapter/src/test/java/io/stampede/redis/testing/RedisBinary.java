package io.stampede.redis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.embedded.RedisExecProvider;

/** The {@code redis-server} of this JVM: unpacked once, since every unpacking writes another 6 MB. */
record RedisBinary(Path path, String version) {

    private static final Pattern VERSION = Pattern.compile("\\bv=([0-9.]+)");

    static RedisBinary get() {
        return Unpacked.BINARY;
    }

    /** Since 7.0 the {@code DEBUG} command is off unless it is allowed. Older servers refuse to start with the option. */
    boolean guardsDebugCommand() {
        return Integer.parseInt(version.substring(0, version.indexOf('.'))) >= 7;
    }

    /** Takes the version from {@code Redis server v=7.0.15 sha=...}, or the like from Valkey. */
    static String parseVersion(String output) {
        Matcher matcher = VERSION.matcher(output);
        if (!matcher.find()) {
            throw new IllegalStateException("redis-server --version said: " + output);
        }
        return matcher.group(1);
    }

    private static RedisBinary find() {
        String chosen = System.getProperty("stampede.test.redis.binary");
        try {
            Path path =
                    chosen == null ? RedisExecProvider.defaultProvider().get().toPath() : Path.of(chosen);
            Process process = new ProcessBuilder(path.toString(), "--version")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new RedisBinary(path, parseVersion(output));
        } catch (IOException e) {
            throw new UncheckedIOException("No redis-server can be run here", e);
        }
    }

    private static final class Unpacked {
        static final RedisBinary BINARY = find();
    }
}
