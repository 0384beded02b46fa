package io.stampede.spring;

import io.stampede.StampedeCacheBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/**
 * An option of a cache: what it is called, where its value stands in the properties, how a text is read, and what it does.
 * The one list of them. Some take their effect together with another one, and have none of their own.
 *
 * @param <T> the type of its values
 */
final class Option<T> {

    private static final List<Option<?>> ALL = new ArrayList<>();

    static final Option<Duration> TTL =
            duration("ttl", CacheProperties::getTtl, StampedeCacheBuilder::ttl).by("10m");
    static final Option<Duration> NEGATIVE_TTL = duration(
                    "negativeTtl", CacheProperties::getNegativeTtl, StampedeCacheBuilder::negativeTtl)
            .by("as ttl");
    static final Option<Duration> LOCAL_TTL = duration(
                    "localTtl", CacheProperties::getLocalTtl, StampedeCacheBuilder::localTtl)
            .by("as ttl");
    static final Option<Double> JITTER = number(
                    "jitter", CacheProperties::getJitter, Double::valueOf, StampedeCacheBuilder::jitter)
            .by("0.1");
    static final Option<Double> EARLY_REFRESH = number(
                    "earlyRefresh",
                    CacheProperties::getEarlyRefresh,
                    Double::valueOf,
                    StampedeCacheBuilder::earlyRefresh)
            .by("1.0");
    static final Option<Duration> STALE_WHILE_REVALIDATE = duration(
                    "staleWhileRevalidate",
                    CacheProperties::getStaleWhileRevalidate,
                    StampedeCacheBuilder::staleWhileRevalidate)
            .by("0s");
    static final Option<Duration> STALE_ON_ERROR = duration(
                    "staleOnError", CacheProperties::getStaleOnError, StampedeCacheBuilder::staleOnError)
            .by("0s");
    static final Option<Duration> SOFT_TIMEOUT = duration(
                    "softTimeout", CacheProperties::getSoftTimeout, StampedeCacheBuilder::softTimeout)
            .by("none");
    static final Option<Duration> HARD_TIMEOUT = duration(
                    "hardTimeout", CacheProperties::getHardTimeout, StampedeCacheBuilder::hardTimeout)
            .by("none");
    static final Option<Duration> LOADER_DEADLINE = duration(
                    "loaderDeadline", CacheProperties::getLoaderDeadline, StampedeCacheBuilder::loaderDeadline)
            .by("30s");
    static final Option<Integer> MAX_CONCURRENT_LOADS = number(
                    "maxConcurrentLoads",
                    CacheProperties::getMaxConcurrentLoads,
                    Integer::valueOf,
                    StampedeCacheBuilder::maxConcurrentLoads)
            .by("64");
    static final Option<Duration> MAX_LOAD_WAIT = duration(
                    "maxLoadWait", CacheProperties::getMaxLoadWait, StampedeCacheBuilder::maxLoadWait)
            .by("5s");
    static final Option<Duration> FIRST_BACKOFF = duration("firstBackoff", CacheProperties::getFirstBackoff, null)
            .by("100ms")
            .complainedOfAs("backoff(first)");
    static final Option<Duration> LONGEST_BACKOFF = duration("longestBackoff", CacheProperties::getLongestBackoff, null)
            .by("10s")
            .complainedOfAs("backoff(longest)");
    static final Option<Double> SOURCE_BREAKER_FAILURE_RATE = number(
                    "sourceBreakerFailureRate", CacheProperties::getSourceBreakerFailureRate, Double::valueOf, null)
            .by("none")
            .complainedOfAs("sourceBreaker(failureRate)");
    static final Option<Duration> SOURCE_BREAKER_PAUSE = duration(
                    "sourceBreakerPause", CacheProperties::getSourceBreakerPause, null)
            .by("none")
            .complainedOfAs("sourceBreaker(pause)");
    static final Option<Long> MAXIMUM_SIZE = number(
                    "maximumSize", CacheProperties::getMaximumSize, Long::valueOf, StampedeCacheBuilder::maximumSize)
            .by("10000");
    static final Option<DataSize> COMPRESSION_ABOVE = size(
                    "compressionAbove",
                    CacheProperties::getCompressionAbove,
                    (builder, bytes) -> builder.compression(bytes))
            .by("none")
            .complainedOfAs("compression");
    static final Option<DataSize> MAX_VALUE_SIZE = size(
                    "maxValueSize", CacheProperties::getMaxValueSize, (builder, bytes) -> builder.maxValueSize(bytes))
            .by("16MB");
    static final Option<Boolean> REDACT_KEYS = flag(
                    "redactKeys", CacheProperties::getRedactKeys, StampedeCacheBuilder::redactKeys)
            .by("false");
    static final Option<Duration> REMOTE_TIMEOUT = duration(
                    "remoteTimeout", CacheProperties::getRemoteTimeout, StampedeCacheBuilder::remoteTimeout)
            .by("500ms");
    static final Option<Duration> LEASE_TTL = duration(
                    "leaseTtl", CacheProperties::getLeaseTtl, StampedeCacheBuilder::leaseTtl)
            .by("5s");
    static final Option<Duration> SUSPECT_AFTER = duration(
                    "suspectAfter", CacheProperties::getSuspectAfter, StampedeCacheBuilder::suspectAfter)
            .by("5s");
    static final Option<Duration> CUT_OFF_TTL = duration(
                    "cutOffTtl", CacheProperties::getCutOffTtl, StampedeCacheBuilder::cutOffTtl)
            .by("as ttl");
    static final Option<Integer> MAX_CONCURRENT_REMOTE_CALLS = number(
                    "maxConcurrentRemoteCalls",
                    CacheProperties::getMaxConcurrentRemoteCalls,
                    Integer::valueOf,
                    StampedeCacheBuilder::maxConcurrentRemoteCalls)
            .by("1000");
    static final Option<Integer> MAX_QUEUED_INVALIDATIONS = number(
                    "maxQueuedInvalidations",
                    CacheProperties::getMaxQueuedInvalidations,
                    Integer::valueOf,
                    StampedeCacheBuilder::maxQueuedInvalidations)
            .by("10000");
    static final Option<Duration> FAILOVER_WINDOW = duration(
                    "failoverWindow", CacheProperties::getFailoverWindow, StampedeCacheBuilder::failoverWindow)
            .by("10s");
    static final Option<Boolean> LOCAL_ONLY =
            flag("localOnly", CacheProperties::getLocalOnly, builder -> {}).by("false");

    private final String name;
    private final Function<CacheProperties, @Nullable T> property;
    private final Function<String, T> parser;
    private final @Nullable Setter<T> setter;
    private String byDefault = "none";
    private String inComplaints;
    private String written = "";

    /** Sets the option of a cache that is being built. */
    @FunctionalInterface
    private interface Setter<T> {
        void set(StampedeCacheBuilder<Object, Object> builder, T value);
    }

    private Option(
            String name,
            Function<CacheProperties, @Nullable T> property,
            Function<String, T> parser,
            @Nullable Setter<T> setter) {
        this.name = name;
        this.property = property;
        this.parser = parser;
        this.setter = setter;
        this.inComplaints = name;
        ALL.add(this);
    }

    static List<Option<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    private static Option<Duration> duration(
            String name, Function<CacheProperties, @Nullable Duration> property, @Nullable Setter<Duration> setter) {
        return new Option<>(name, property, DurationStyle::detectAndParse, setter)
                .writtenAs("a duration, such as 10s or PT10S");
    }

    private static <N extends Number> Option<N> number(
            String name,
            Function<CacheProperties, @Nullable N> property,
            Function<String, N> parser,
            @Nullable Setter<N> setter) {
        return new Option<>(name, property, parser, setter).writtenAs("a number");
    }

    private static Option<DataSize> size(
            String name, Function<CacheProperties, @Nullable DataSize> property, Setter<Integer> setter) {
        return new Option<>(
                name,
                property,
                DataSize::parse,
                (builder, size) -> setter.set(builder, Math.toIntExact(Math.min(size.toBytes(), Integer.MAX_VALUE))));
    }

    private static Option<Boolean> flag(
            String name,
            Function<CacheProperties, @Nullable Boolean> property,
            Consumer<StampedeCacheBuilder<Object, Object>> whenTrue) {
        return new Option<>(name, property, Boolean::valueOf, (builder, value) -> {
            if (value) {
                whenTrue.accept(builder);
            }
        });
    }

    private Option<T> writtenAs(String text) {
        written = text;
        return this;
    }

    private Option<T> by(String text) {
        byDefault = text;
        return this;
    }

    private Option<T> complainedOfAs(String builderName) {
        inComplaints = builderName;
        return this;
    }

    /** Whether a complaint of the builder is about this option. */
    boolean isMeantBy(String complaint) {
        return complaint.contains(": " + inComplaints + " = ");
    }

    /** As the annotations and the builder call it. */
    String name() {
        return name;
    }

    /** What holds if nobody says otherwise, as people write it. */
    String byDefault() {
        return byDefault;
    }

    @Nullable
    T in(CacheProperties properties) {
        return property.apply(properties);
    }

    /** What a text has to be, for people. */
    String allowedText() {
        return "it is to be " + written;
    }

    T parse(String text) {
        return parser.apply(text);
    }

    void set(StampedeCacheBuilder<Object, Object> builder, T value) {
        if (setter != null) {
            setter.set(builder, value);
        }
    }

    /** As people write it in a property: {@code staleOnError} is {@code stale-on-error}. */
    String property() {
        StringBuilder kebab = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                kebab.append('-');
            }
            kebab.append(Character.toLowerCase(c));
        }
        return kebab.toString();
    }

    @Override
    public String toString() {
        return name;
    }
}
