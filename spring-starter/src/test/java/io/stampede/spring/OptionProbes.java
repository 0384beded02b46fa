package io.stampede.spring;

import static io.stampede.spring.Subject.seen;

import io.stampede.Result;
import io.stampede.spring.Subject.Source;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** For each option something to try that ends otherwise when the option is set. */
final class OptionProbes {

    private OptionProbes() {}

    /**
     * What is tried.
     *
     * @param option the option
     * @param text what it is set to
     * @param besides what holds for all caches besides, by its properties' names
     * @param experiment what is done, and what is seen
     * @param without what is seen if the option is not set
     * @param with what is seen if it is
     */
    record Probe(
            Option<?> option,
            String text,
            Map<String, String> besides,
            Function<Subject, Object> experiment,
            Object without,
            Object with) {

        Probe besides(String property, String value) {
            Map<String, String> more = new LinkedHashMap<>(besides);
            more.put(property, value);
            return new Probe(option, text, more, experiment, without, with);
        }

        @Override
        public String toString() {
            return option + "=" + text;
        }
    }

    private static Probe probe(
            Option<?> option, String text, Object without, Object with, Function<Subject, Object> experiment) {
        return new Probe(option, text, Map.of(), experiment, without, with);
    }

    static List<Probe> all() {
        return Stream.of(lifetimes(), staleness(), loads(), failures(), local(), remote(), outages())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Probe> lifetimes() {
        return List.of(
                probe(Option.TTL, "1m", 1, 2, subject -> {
                    subject.call();
                    subject.passMinutes(2).call();
                    return subject.loads();
                }),
                probe(Option.NEGATIVE_TTL, "1m", 1, 2, subject -> {
                    subject.answer("").call();
                    subject.passMinutes(2).call();
                    return subject.loads();
                }),
                probe(Option.LOCAL_TTL, "1m", Result.Source.L1, Result.Source.L2, subject -> {
                    subject.call();
                    return subject.passMinutes(2).lookup("key");
                }),
                probe(Option.JITTER, "0.5", 1, 2, subject -> {
                    subject.machine().setChance(0.99);
                    subject.call();
                    subject.passMinutes(6).call();
                    return subject.loads();
                }),
                probe(Option.EARLY_REFRESH, "50", 1, 2, subject -> {
                    subject.source(Source.HANGS).call();
                    subject.passSeconds(10).lastLoad().complete("value");
                    subject.passMinutes(9).call();
                    return subject.loads();
                }));
    }

    private static Object afterItsTtl(Subject subject, Source source) {
        subject.call();
        return seen(subject.passMinutes(11).source(source).call());
    }

    private static List<Probe> staleness() {
        return List.of(
                probe(
                        Option.STALE_WHILE_REVALIDATE,
                        "5m",
                        "waits",
                        "value 1",
                        subject -> afterItsTtl(subject, Source.HANGS)),
                probe(
                        Option.STALE_ON_ERROR,
                        "5m",
                        "IllegalStateException",
                        "value 1",
                        subject -> afterItsTtl(subject, Source.FAILS)),
                probe(Option.SOFT_TIMEOUT, "1s", "waits", "value 1", subject -> {
                            subject.call();
                            var caller =
                                    subject.passMinutes(11).source(Source.HANGS).call();
                            subject.passSeconds(2);
                            return seen(caller);
                        })
                        .besides("stale-on-error", "1h"));
    }

    private static List<Probe> loads() {
        return List.of(
                probe(Option.HARD_TIMEOUT, "1s", "waits", "LoadTimeoutException", subject -> {
                    var caller = subject.source(Source.HANGS).call();
                    subject.passSeconds(2);
                    return seen(caller);
                }),
                probe(Option.LOADER_DEADLINE, "1s", false, true, subject -> {
                    subject.source(Source.HANGS).call();
                    return subject.passSeconds(2).lastLoad().isCancelled();
                }),
                probe(Option.MAX_CONCURRENT_LOADS, "1", 2, 1, subject -> {
                    subject.source(Source.HANGS).call("one");
                    subject.call("two");
                    return subject.loads();
                }),
                probe(Option.MAX_LOAD_WAIT, "1s", "waits", "LoadRejectedException", subject -> {
                            subject.source(Source.HANGS).call("one");
                            var second = subject.call("two");
                            subject.passSeconds(2);
                            return seen(second);
                        })
                        .besides("max-concurrent-loads", "1"));
    }

    private static List<Probe> failures() {
        return List.of(
                probe(Option.FIRST_BACKOFF, "5s", 2, 1, subject -> {
                    subject.source(Source.FAILS).call();
                    subject.passSeconds(1).call();
                    return subject.loads();
                }),
                probe(Option.LONGEST_BACKOFF, "500ms", 8, 9, subject -> {
                            subject.source(Source.FAILS);
                            for (int failures = 0; failures < 8; failures++) {
                                subject.pass(Duration.ofMillis(Math.min(100L << failures, 11_000)))
                                        .call();
                            }
                            subject.passSeconds(1).call();
                            return subject.loads();
                        })
                        .besides("first-backoff", "100ms"),
                probe(Option.SOURCE_BREAKER_FAILURE_RATE, "0.5", "value 21", "LoadRejectedException", subject -> {
                            halfFailing(subject);
                            return seen(subject.source(Source.ANSWERS).call("another"));
                        })
                        .besides("source-breaker-failure-rate", "1")
                        .besides("source-breaker-pause", "1m"),
                probe(Option.SOURCE_BREAKER_PAUSE, "10m", "value 21", "LoadRejectedException", subject -> {
                            halfFailing(subject);
                            return seen(subject.passMinutes(2)
                                    .source(Source.ANSWERS)
                                    .call("another"));
                        })
                        .besides("source-breaker-failure-rate", "0.5")
                        .besides("source-breaker-pause", "1m"));
    }

    private static void halfFailing(Subject subject) {
        IntStream.range(0, 10).forEach(i -> subject.source(Source.ANSWERS).call("found " + i));
        IntStream.range(0, 10).forEach(i -> subject.source(Source.FAILS).call("failed " + i));
    }

    private static List<Probe> local() {
        return List.of(
                probe(Option.MAXIMUM_SIZE, "10", 100L, 10L, subject -> {
                            List<String> keys = IntStream.range(0, 100)
                                    .mapToObj(i -> "key " + i)
                                    .toList();
                            keys.forEach(subject::call);
                            return keys.stream()
                                    .filter(key -> subject.lookup(key) == Result.Source.L1)
                                    .count();
                        })
                        .besides("local-only", "true"),
                probe(Option.REDACT_KEYS, "true", true, false, subject -> {
                            var caller = subject.source(Source.HANGS).call("secret");
                            subject.passSeconds(2);
                            return caller.handle((value, failure) -> String.valueOf(failure))
                                    .join()
                                    .contains("secret");
                        })
                        .besides("hard-timeout", "1s"),
                probe(Option.LOCAL_ONLY, "true", true, false, subject -> {
                    subject.call();
                    return subject.remoteBytes() != null;
                }));
    }

    private static List<Probe> remote() {
        return List.of(
                probe(Option.COMPRESSION_ABOVE, "1KB", false, true, subject -> {
                    subject.answer("a".repeat(10_000)).call();
                    return subject.remoteBytes().length < 1_000;
                }),
                probe(Option.MAX_VALUE_SIZE, "1KB", true, false, subject -> {
                    subject.answer("a".repeat(10_000)).call();
                    return subject.remoteBytes() != null;
                }),
                probe(Option.REMOTE_TIMEOUT, "10s", "value 1", "waits", subject -> {
                    subject.hangRemote();
                    var caller = subject.call();
                    subject.passSeconds(2);
                    return seen(caller);
                }),
                probe(Option.MAX_CONCURRENT_REMOTE_CALLS, "1", 2, 1, subject -> {
                    subject.hangRemote();
                    int before = subject.remoteQuestions();
                    subject.call("one");
                    subject.call("two");
                    return subject.remoteQuestions() - before;
                }),
                probe(Option.LEASE_TTL, "1m", false, true, subject -> {
                    subject.source(Source.HANGS).call();
                    subject.machine().stop();
                    subject.passSeconds(10);
                    return subject.isLeased();
                }));
    }

    private static List<Probe> outages() {
        return List.of(
                probe(Option.SUSPECT_AFTER, "1h", Result.Source.SUSPECT, Result.Source.L1, subject -> {
                    subject.call();
                    subject.remote().failAll(true);
                    return subject.passMinutes(1).lookup("key");
                }),
                probe(Option.CUT_OFF_TTL, "1m", Result.Source.SUSPECT, Result.Source.ABSENT, subject -> {
                    subject.call();
                    subject.remote().failAll(true);
                    return subject.passMinutes(2).lookup("key");
                }),
                probe(Option.MAX_QUEUED_INVALIDATIONS, "1", Result.Source.L1, Result.Source.ABSENT, subject -> {
                    subject.call("bystander");
                    subject.remote().failAll(true);
                    subject.cache().invalidate("one");
                    subject.cache().invalidate("two");
                    subject.remote().failAll(false);
                    return subject.passMinutes(1).lookup("bystander");
                }),
                probe(Option.FAILOVER_WINDOW, "1m", 1L, 2L, subject -> {
                    subject.call();
                    subject.cache().invalidate("key");
                    subject.passSeconds(30).remote().becomeAnotherServer();
                    return subject.passSeconds(30).remote().count("invalidate");
                }));
    }
}
