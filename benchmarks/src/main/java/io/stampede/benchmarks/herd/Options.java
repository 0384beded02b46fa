package io.stampede.benchmarks.herd;

import io.stampede.benchmarks.contender.ContenderKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the command line says.
 *
 * @param callers of each node, a thread each
 * @param connections to the database of each node
 * @param directory where the results go
 */
record Options(
        int nodes,
        int callers,
        int connections,
        DatabaseChoice database,
        List<Act> acts,
        List<ContenderKind> contenders,
        boolean quick,
        Path directory,
        boolean help) {

    private static final List<ContenderKind> USUAL = List.of(
            ContenderKind.BY_HAND,
            ContenderKind.SINGLE_FLIGHT,
            ContenderKind.SPRING_LOCKING,
            ContenderKind.JETCACHE,
            ContenderKind.REDISSON_LOCK,
            ContenderKind.STAMPEDE);

    static final String HELP = """
            Several ways to cache, under the same load and the same trouble, on a real Redis and a real database.

              --acts LIST        only these:
            %s
              --contenders LIST  only these, in this order: %s
                                 (default: %s)
              --nodes N          application nodes, each a JVM of its own (1 to 16, default 4)
              --callers N        callers of each node, a thread each (1 to 256, default 25)
              --connections N    database connections of each node (1 to 64, default 10)
              --database D       postgres, h2, or auto (default): PostgreSQL if it runs here, else H2
              --quick            acts of less than half their length, with fewer keys: for a look, not for figures
              --out DIR          where to write herd.json and index.html (default benchmarks/target/herd)
              --help             this text

            All acts with all contenders take about a quarter of an hour.
            From Maven: ./mvnw -q -Pherd -Dherd.args="--acts expiry,redis-hangs --contenders by-hand,stampede"
            """.formatted(
                    Acts.ALL.stream()
                            .map(act -> String.format("                       %-14s %s", act.id(), act.title()))
                            .collect(Collectors.joining("\n")),
                    ids(ContenderKind.shared()),
                    ids(USUAL));

    /** Which database to start. */
    enum DatabaseChoice {
        AUTO,
        POSTGRES,
        H2
    }

    static Options parse(String... args) {
        int nodes = 4;
        int callers = 25;
        int connections = 10;
        DatabaseChoice database = DatabaseChoice.AUTO;
        List<Act> acts = Acts.ALL;
        List<ContenderKind> contenders = USUAL;
        boolean quick = false;
        Path directory = defaultDirectory();
        boolean help = false;
        List<String> words = Arrays.asList(args);
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            switch (option) {
                case "--acts" -> acts = chosen(option, valueAt(words, ++i, option), Acts.ALL, Act::id);
                case "--contenders" ->
                    contenders = chosen(option, valueAt(words, ++i, option), ContenderKind.shared(), Options::id);
                case "--nodes" -> nodes = number(option, valueAt(words, ++i, option), 16);
                case "--callers" -> callers = number(option, valueAt(words, ++i, option), 256);
                case "--connections" -> connections = number(option, valueAt(words, ++i, option), 64);
                case "--database" ->
                    database = chosen(
                                    option,
                                    valueAt(words, ++i, option),
                                    Arrays.asList(DatabaseChoice.values()),
                                    choice -> choice.name().toLowerCase(Locale.ROOT))
                            .get(0);
                case "--quick" -> quick = true;
                case "--out" -> directory = Path.of(valueAt(words, ++i, option));
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("Unknown option " + option + "; --help lists them");
            }
        }
        return new Options(nodes, callers, connections, database, acts, contenders, quick, directory, help);
    }

    /** Its name on the command line and in the data. */
    static String id(ContenderKind contender) {
        return contender.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String ids(List<ContenderKind> contenders) {
        return contenders.stream().map(Options::id).collect(Collectors.joining(","));
    }

    /** In the build's directory, whether this runs in the project's or in the module's. */
    private static Path defaultDirectory() {
        Path module = Path.of("benchmarks");
        Path target = Files.isDirectory(module) ? module.resolve("target") : Path.of("target");
        return target.resolve("herd");
    }

    int allCallers() {
        return nodes * callers;
    }

    /** A number of keys, in a run like this. */
    int keys(int inFull) {
        return quick ? Math.max(1, inFull / 4) : inFull;
    }

    /** A length of time, in a run like this. */
    Duration scaled(Duration inFull) {
        return quick ? inFull.multipliedBy(2).dividedBy(5) : inFull;
    }

    private static <T> List<T> chosen(String option, String value, List<T> all, Function<T, String> id) {
        return Arrays.stream(value.split(",", -1))
                .map(word -> all.stream()
                        .filter(each -> id.apply(each).equals(word))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(option + " " + word + ": must be of "
                                + all.stream().map(id).collect(Collectors.joining(", ")))))
                .distinct()
                .toList();
    }

    private static String valueAt(List<String> words, int index, String option) {
        if (index >= words.size()) {
            throw new IllegalArgumentException(option + " needs a value");
        }
        return words.get(index);
    }

    private static int number(String option, String value, int highest) {
        String allowed = option + " " + value + ": must be a number from 1 to " + highest;
        try {
            int number = Integer.parseInt(value);
            if (number < 1 || number > highest) {
                throw new IllegalArgumentException(allowed);
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(allowed, e);
        }
    }
}
