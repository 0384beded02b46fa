package io.stampede.benchmarks.suite;

import io.stampede.redis.testing.RedisServer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a server has done since it started.
 *
 * @param commands that it ran, those inside scripts among them
 * @param bytes that it took and gave
 * @param cpuSeconds of its processor time
 */
record RedisUsage(double commands, double bytes, double cpuSeconds) {

    static RedisUsage of(RedisServer server) {
        String info = String.valueOf(server.command("INFO", "all"));
        return new RedisUsage(
                figure(info, "total_commands_processed"),
                figure(info, "total_net_input_bytes") + figure(info, "total_net_output_bytes"),
                figure(info, "used_cpu_sys") + figure(info, "used_cpu_user"));
    }

    private static double figure(String info, String name) {
        Matcher line = Pattern.compile("^" + name + ":([0-9.]+)\\s*$", Pattern.MULTILINE)
                .matcher(info);
        if (!line.find()) {
            throw new IllegalStateException("Redis does not say " + name);
        }
        return Double.parseDouble(line.group(1));
    }

    RedisUsage since(RedisUsage before) {
        return new RedisUsage(commands - before.commands, bytes - before.bytes, cpuSeconds - before.cpuSeconds);
    }
}
