package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.scale.Growth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;

/** What the figures were made on. */
final class Machine {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Machine() {}

    static Outcome outcome(List<String> servers, String command, String load, List<Played> acts) throws IOException {
        return new Outcome(
                LocalDate.now(ZoneId.systemDefault()).toString(),
                Runtime.getRuntime().availableProcessors() + " processors" + model() + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                "Java " + Runtime.version(),
                servers,
                command,
                load,
                acts,
                Growth.calculate());
    }

    /** Where the system tells it in the way Linux does. */
    private static String model() throws IOException {
        if (!Files.isReadable(PROCESSORS)) {
            return "";
        }
        try (var lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                    .orElse("");
        }
    }
}
