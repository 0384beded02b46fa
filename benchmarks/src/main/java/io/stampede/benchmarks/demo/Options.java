package io.stampede.benchmarks.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the command line says. */
record Options(int nodes, int threads, DatabaseChoice database, List<Integer> acts, Path page, boolean help) {

    static final String HELP = """
            Three ways to cache, under the same load, on a real Redis and a real database.

              --nodes N      application nodes, each a JVM of its own (1 to 16, default 3)
              --threads N    client threads of each node (1 to 256, default 32)
              --database D   postgres, h2, or auto (default): PostgreSQL if it runs here, else H2
              --acts LIST    which acts to play (default 1,2,3,4):
                               1  a cold hot key
                               2  a hot key expires again and again
                               3  1,000 keys written together expire together
                               4  a cold start
              --page PATH    where to write the page with the charts (default benchmarks/target/demo/index.html)
              --help         this text

            From Maven: ./mvnw -q -Pdemo -Ddemo.args="--nodes 5 --acts 1,4"
            """;

    private static final int MOST_CLIENTS = 1_024;

    /** Which database to start. */
    enum DatabaseChoice {
        AUTO,
        POSTGRES,
        H2
    }

    static Options parse(String... args) {
        int nodes = 3;
        int threads = 32;
        DatabaseChoice database = DatabaseChoice.AUTO;
        SortedSet<Integer> acts = new TreeSet<>(everyAct());
        Path page = defaultPage();
        boolean help = false;
        List<String> words = Arrays.asList(args);
        for (int i = 0; i < words.size(); i++) {
            String option = words.get(i);
            switch (option) {
                case "--nodes" -> nodes = number(option, valueAt(words, ++i, option), 16);
                case "--threads" -> threads = number(option, valueAt(words, ++i, option), 256);
                case "--database" -> database = choice(valueAt(words, ++i, option));
                case "--acts" -> acts = acts(option, valueAt(words, ++i, option));
                case "--page" -> page = Path.of(valueAt(words, ++i, option));
                case "--help", "-h" -> help = true;
                default -> throw new IllegalArgumentException("Unknown option " + option + "; --help lists them");
            }
        }
        if (nodes * threads > MOST_CLIENTS) {
            throw new IllegalArgumentException("--nodes " + nodes + " --threads " + threads + " makes "
                    + nodes * threads + " clients, each with a database connection; at most " + MOST_CLIENTS);
        }
        return new Options(nodes, threads, database, List.copyOf(acts), page, help);
    }

    /** In the build's directory, whether this runs in the project's or in the module's. */
    private static Path defaultPage() {
        Path module = Path.of("benchmarks");
        Path target = Files.isDirectory(module) ? module.resolve("target") : Path.of("target");
        return target.resolve("demo").resolve("index.html");
    }

    private static List<Integer> everyAct() {
        return IntStream.rangeClosed(1, Act.ALL.size()).boxed().toList();
    }

    private static SortedSet<Integer> acts(String option, String value) {
        return Arrays.stream(value.split(",", -1))
                .map(act -> number(option, act, Act.ALL.size()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    int clients() {
        return nodes * threads;
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

    private static DatabaseChoice choice(String value) {
        return Arrays.stream(DatabaseChoice.values())
                .filter(choice -> choice.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("--database " + value + ": must be one of "
                        + Arrays.toString(DatabaseChoice.values()).toLowerCase(Locale.ROOT)));
    }
}
