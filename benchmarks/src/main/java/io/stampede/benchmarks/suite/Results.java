package io.stampede.benchmarks.suite;

import java.util.List;
import java.util.stream.IntStream;

/**
 * All that a run of the short profile has found.
 *
 * @param machine where
 * @param command how it was started
 * @param rounds how many forks of each contender there were
 * @param answers what the questions' answers are
 * @param memory what an entry of L1 takes, the floor first
 * @param commands what calls cost Redis
 */
record Results(
        Machine machine,
        String command,
        int rounds,
        List<Answer> answers,
        List<Memory> memory,
        List<CommandCount> commands) {

    /** The contenders' figures for one question, the floor first. */
    record Answer(String title, int threads, List<Row> rows) {

        static Answer of(Question question, List<List<Measured>> roundsByContender) {
            List<Measured> floor = roundsByContender.get(0);
            List<Row> rows = IntStream.range(0, roundsByContender.size())
                    .mapToObj(i -> Row.of(question.asked().get(i).label(), roundsByContender.get(i), floor))
                    .toList();
            return new Answer(question.title(), question.threads(), rows);
        }
    }

    /**
     * A contender's figures.
     *
     * @param speed operations in the same time, as a ratio to the floor's in the same round
     * @param speedPerCpu operations in the same processor time of the JVM, as such a ratio
     * @param measured of each round
     */
    record Row(
            String contender,
            Spread speed,
            Spread speedPerCpu,
            double nanos,
            double cpuNanos,
            double allocatedBytes,
            double redisBytes,
            double redisCpuNanos,
            List<Measured> measured) {

        static Row of(String contender, List<Measured> measured, List<Measured> floor) {
            List<Integer> rounds = IntStream.range(0, measured.size()).boxed().toList();
            return new Row(
                    contender,
                    Spread.of(
                            rounds, i -> floor.get(i).nanos() / measured.get(i).nanos()),
                    Spread.of(
                            rounds,
                            i -> floor.get(i).cpuNanos() / measured.get(i).cpuNanos()),
                    Spread.of(measured, Measured::nanos).median(),
                    Spread.of(measured, Measured::cpuNanos).median(),
                    Spread.of(measured, Measured::allocatedBytes).median(),
                    Spread.of(measured, Measured::redisBytes).median(),
                    Spread.of(measured, Measured::redisCpuNanos).median(),
                    measured);
        }
    }

    /** What an entry of L1 takes of the heap, key and value not counted. */
    record Memory(String contender, double bytesPerEntry, double overFloor) {}
}
