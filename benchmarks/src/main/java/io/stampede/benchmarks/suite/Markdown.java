package io.stampede.benchmarks.suite;

import io.stampede.benchmarks.contender.ContenderKind;
import io.stampede.benchmarks.suite.CommandMonitor.Commands;
import io.stampede.benchmarks.suite.Results.Answer;
import io.stampede.benchmarks.suite.Results.Memory;
import io.stampede.benchmarks.suite.Results.Row;
import java.util.Locale;
import java.util.stream.Collectors;

/** The tables of the short profile, as they are printed and as they stand in the README. */
record Markdown(Results results) {

    private static final double WIDE = 0.2;

    String all() {
        return String.join("\n", where(), speeds(), memory(), commands());
    }

    private String where() {
        String versions = results.machine().versions().entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
        return format(
                "`%s` on %d cores (%s), %s, %s; rounds: %d.%n",
                results.command(),
                results.machine().cores(),
                results.machine().cpu(),
                results.machine().jdk(),
                versions,
                results.rounds());
    }

    private String speeds() {
        StringBuilder table = new StringBuilder();
        table.append("| | | speed ÷ floor | per CPU ÷ floor | time | CPU | allocated | Redis: bytes | Redis: CPU |\n");
        table.append("|---|---|---|---|--:|--:|--:|--:|--:|\n");
        for (Answer answer : results.answers()) {
            String title = answer.title() + (answer.threads() == 1 ? "" : ", " + answer.threads() + " threads");
            for (Row row : answer.rows()) {
                table.append(format(
                        "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n",
                        title,
                        row.contender(),
                        ratio(row.speed()),
                        ratio(row.speedPerCpu()),
                        time(row.nanos()),
                        time(row.cpuNanos()),
                        bytes(row.allocatedBytes()),
                        isLocal(row) ? "" : bytes(row.redisBytes()),
                        isLocal(row) ? "" : time(row.redisCpuNanos())));
                title = "";
            }
        }
        return table.toString();
    }

    /** What Redis does meanwhile, heartbeats and the profiler's own questions, is not a read's cost. */
    private static boolean isLocal(Row row) {
        return row.redisBytes() < 1;
    }

    private String memory() {
        StringBuilder table = new StringBuilder(
                "| an entry of L1, without key and value | bytes | over the floor |\n|---|--:|--:|\n");
        for (Memory memory : results.memory()) {
            table.append(
                    format("| %s | %.0f | %.0f |%n", memory.contender(), memory.bytesPerEntry(), memory.overFloor()));
        }
        return table.toString();
    }

    private String commands() {
        StringBuilder table = new StringBuilder(
                "| Redis commands sent (and run in scripts) | hit in L1 | hit in L2 | miss | put | invalidation | what it can't do |\n");
        table.append("|---|--:|--:|--:|--:|--:|---|\n");
        for (CommandCount count : results.commands()) {
            ContenderKind contender = count.contender();
            table.append(format(
                    "| %s | %s | %s | %s | %s | %s | %s |%n",
                    contender.label(),
                    commands(count.localHit()),
                    commands(count.redisHit()),
                    commands(count.miss()),
                    commands(count.put()),
                    commands(count.invalidate()),
                    contender.limits()));
        }
        return table.toString();
    }

    private static String commands(Commands commands) {
        String sent = number(commands.sent());
        return commands.inScripts() == 0 ? sent : sent + " (" + number(commands.inScripts()) + ")";
    }

    private static String number(double number) {
        return number == Math.rint(number) ? format("%.0f", number) : format("%.1f", number);
    }

    /** In italics where the rounds differ so much that the other ratio is to be looked at. */
    private static String ratio(Spread spread) {
        String text = format("%.2f (%.2f to %.2f)", spread.median(), spread.least(), spread.greatest());
        return spread.isWiderThan(WIDE) ? "*" + text + "*" : text;
    }

    private static String time(double nanos) {
        return nanos < 1_000 ? format("%.1f ns", nanos) : format("%.1f µs", nanos / 1_000);
    }

    private static String bytes(double bytes) {
        return bytes < 0.01 ? "0 B" : bytes < 10 ? format("%.2f B", bytes) : format("%,.0f B", bytes);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values).replace("\r\n", "\n");
    }
}
