package io.stampede.benchmarks.suite;

import static io.stampede.benchmarks.contender.ContenderKind.BY_HAND;
import static io.stampede.benchmarks.contender.ContenderKind.CAFFEINE_EXPIRING;
import static io.stampede.benchmarks.contender.ContenderKind.CAFFEINE_LOADING;
import static io.stampede.benchmarks.contender.ContenderKind.JETCACHE;
import static io.stampede.benchmarks.contender.ContenderKind.REDISSON_LOCK;
import static io.stampede.benchmarks.contender.ContenderKind.SET_NX;
import static io.stampede.benchmarks.contender.ContenderKind.SPRING;
import static io.stampede.benchmarks.contender.ContenderKind.STAMPEDE;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.Question.Asked;
import io.stampede.benchmarks.suite.Results.Answer;
import io.stampede.benchmarks.suite.Results.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/**
 * The suite in ten minutes: the floor, Stampede and two others for the questions that matter most. Fork by fork the
 * contenders take turns, and each is compared with the floor of the same round: what the neighbours do to a shared machine in
 * one minute they do to all.
 *
 * <p>{@code java -cp benchmarks/target/benchmarks.jar io.stampede.benchmarks.suite.ShortProfile [directory [rounds]]}
 */
public final class ShortProfile {

    static final String FILE = "short-profile.json";

    private static final String COMMAND = "./mvnw -q -Pbench";
    private static final List<Asked> LOCAL = Asked.of(CAFFEINE_EXPIRING, STAMPEDE, CAFFEINE_LOADING, JETCACHE);
    private static final List<Asked> READERS = Asked.of(BY_HAND, STAMPEDE, SPRING, JETCACHE);
    private static final List<Asked> GUARDS = Asked.of(BY_HAND, STAMPEDE, SET_NX, REDISSON_LOCK);

    static final List<Question> QUESTIONS = List.of(
            hit("A hit in L1, one hot key", "hotKey", 1),
            hit("A hit in L1, one hot key", "hotKey", 2),
            hit("A hit in L1, Zipf over 10,000 keys", "zipf", 1),
            hit("A hit in L1, Zipf over 10,000 keys", "zipf", 2),
            redisHit(1),
            redisHit(64),
            redisHit(256),
            miss("A cold miss, the loader returns at once", 0, 1),
            miss("A cold miss, the loader takes 1 ms", 1_000, 1),
            miss("A cold miss, the loader takes 1 ms", 1_000, 16),
            new Question("A put", WriteBenchmark.class, "put", Map.of(), 1, READERS),
            new Question("An invalidation", WriteBenchmark.class, "invalidate", Map.of(), 1, READERS),
            outage("A hit in L1 without Redis", "hit"),
            outage("A load without Redis", "load"));

    private static final Question MEMORY =
            new Question("Memory", MemoryBenchmark.class, "fill", Map.of(), 1, Asked.of(CAFFEINE_EXPIRING, STAMPEDE));

    private ShortProfile() {}

    private static Question hit(String title, String method, int threads) {
        return new Question(title, L1HitBenchmark.class, method, Map.of(), threads, LOCAL);
    }

    private static Question redisHit(int threads) {
        return new Question(
                "A hit in L2, 100 bytes", L2HitBenchmark.class, "get", Map.of("bytes", "100"), threads, READERS);
    }

    private static Question miss(String title, long loadMicros, int threads) {
        Map<String, String> params = Map.of("loadMicros", Long.toString(loadMicros));
        return new Question(title, ColdMissBenchmark.class, "get", params, threads, GUARDS);
    }

    private static Question outage(String title, String method) {
        List<Asked> asked = List.of(
                new Asked("NEVER_THERE", "Stampede that never had one"),
                new Asked("HANGS", "Stampede whose Redis hangs"));
        return new Question(title, OutageBenchmark.class, method, Map.of(), 1, asked);
    }

    public static void main(String[] args) throws RunnerException, IOException, InterruptedException {
        Path directory = Path.of(args.length > 0 ? args[0] : "benchmarks/target/bench");
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        Results results = new Results(Machine.here(), COMMAND, rounds, answers(rounds), memory(), commands());
        Files.createDirectories(directory);
        Path file = directory.resolve(FILE);
        Json.write(results, file);
        System.out.println();
        System.out.println(new Markdown(results).all());
        System.out.println("All figures: " + file.toAbsolutePath());
    }

    private static List<Answer> answers(int rounds) {
        Map<Question, List<List<Measured>>> measured = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (Question question : QUESTIONS) {
                System.out.printf(
                        "Round %d of %d: %s, %d threads%n", round, rounds, question.title(), question.threads());
                try {
                    addRound(measured.computeIfAbsent(question, ShortProfile::noRounds), roundOf(question));
                } catch (RunnerException e) {
                    // One contender has failed, so that nothing can be compared. The other rounds tell.
                    System.out.println("  is left out: " + causeOf(e));
                }
            }
        }
        return measured.entrySet().stream()
                .filter(each -> !each.getValue().get(0).isEmpty())
                .map(each -> Answer.of(each.getKey(), each.getValue()))
                .toList();
    }

    private static List<List<Measured>> noRounds(Question question) {
        return question.asked().stream()
                .<List<Measured>>map(any -> new ArrayList<>())
                .toList();
    }

    private static List<Measured> roundOf(Question question) throws RunnerException {
        List<Measured> figures = new ArrayList<>();
        for (Asked asked : question.asked()) {
            figures.add(Fork.run(question, asked));
        }
        return figures;
    }

    private static void addRound(List<List<Measured>> rounds, List<Measured> round) {
        for (int i = 0; i < round.size(); i++) {
            rounds.get(i).add(round.get(i));
        }
    }

    private static Throwable causeOf(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return cause;
    }

    private static List<Memory> memory() throws RunnerException {
        List<Memory> memory = new ArrayList<>();
        double floor = Double.NaN;
        for (Asked contender : MEMORY.asked()) {
            double bytes = Fork.bytesPerEntry(MEMORY, contender);
            floor = memory.isEmpty() ? bytes : floor;
            memory.add(new Memory(contender.label(), bytes, bytes - floor));
        }
        return memory;
    }

    private static List<CommandCount> commands() throws IOException, InterruptedException {
        List<CommandCount> commands = new ArrayList<>();
        for (ContenderKind contender : ContenderKind.shared()) {
            commands.add(CommandCount.of(contender));
        }
        return commands;
    }
}
