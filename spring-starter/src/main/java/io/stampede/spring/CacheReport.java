package io.stampede.spring;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.stampede.CacheListener.LoadEnd;
import io.stampede.Health;
import io.stampede.Health.Status;
import io.stampede.Result.Source;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a cache, as it is shown. Counts are this node's, since its start.
 *
 * @param fullName its name in Redis, in metrics and in logs
 * @param status how it is, as a whole
 * @param valueType the type of its values, if it is known
 * @param localOnly why it has no remote tier; null if it has one
 * @param localSize about how many entries L1 holds
 * @param hitRatios see {@link HitRatios}; null before the first read
 * @param reads by where the value came from
 * @param loads by how they ended
 * @param earlyRefreshes rebuilds begun before the expiry
 * @param remoteOperations what Redis was asked; null without a remote tier
 * @param switches what has been switched at run time
 * @param parts how each part of it is
 * @param options the options that hold, and who has set each
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record CacheReport(
        String fullName,
        Status status,
        @Nullable String valueType,
        @Nullable String localOnly,
        long localSize,
        @Nullable HitRatios hitRatios,
        Map<String, Long> reads,
        Map<String, Long> loads,
        long earlyRefreshes,
        @Nullable RemoteOperations remoteOperations,
        Switches switches,
        Map<String, DeepCachesHealth.Part> parts,
        Map<String, Shown> options) {

    /**
     * What part of the reads was answered with what was cached.
     *
     * @param l1 the part of all reads that L1 answered with a fresh value
     * @param l2 the part that L2 answered, of those that L1 did not answer so; null if there were none
     * @param all the part of all reads that was answered by either, stale and suspect values included
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HitRatios(double l1, @Nullable Double l2, double all) {

        static @Nullable HitRatios of(CacheCounts counts) {
            long reads = counts.failedReads();
            for (Source source : Source.values()) {
                reads += counts.reads(source);
            }
            if (reads == 0) {
                return null;
            }
            long l1 = counts.reads(Source.L1);
            long l2 = counts.reads(Source.L2);
            long notFresh = counts.reads(Source.STALE) + counts.reads(Source.SUSPECT);
            long beyond = reads - l1;
            return new HitRatios(
                    ratio(l1, reads), beyond == 0 ? null : ratio(l2, beyond), ratio(l1 + l2 + notFresh, reads));
        }

        /** To three digits: nobody reads more. */
        private static double ratio(long part, long whole) {
            return Math.round(1000.0 * part / whole) / 1000.0;
        }
    }

    /**
     * What Redis was asked on behalf of a cache, by its heartbeat too.
     *
     * @param answered what it has answered
     * @param failed what it has failed to, or not in time
     */
    record RemoteOperations(long answered, long failed) {}

    /**
     * What has been switched by way of the endpoint.
     *
     * @param earlyRefresh whether the cache may refresh values early, as far as its options want that
     * @param remoteBypassed whether it goes without the remote tier
     */
    record Switches(boolean earlyRefresh, boolean remoteBypassed) {}

    /**
     * The value of an option.
     *
     * @param value as people write it
     * @param origin who has set it
     */
    record Shown(String value, String origin) {}

    static CacheReport of(BuiltCache cache, Health health, Switches switches) {
        CacheCounts counts = cache.counts();
        return new CacheReport(
                cache.fullName(),
                health.status(),
                cache.type() == null ? null : cache.type().toString(),
                cache.whyLocal(),
                counts.localSize(),
                HitRatios.of(counts),
                reads(counts),
                loads(counts),
                counts.earlyRefreshes(),
                cache.whyLocal() == null ? new RemoteOperations(counts.remoteAnswers(), counts.remoteFailures()) : null,
                switches,
                DeepCachesHealth.Part.all(health),
                options(cache.options()));
    }

    private static Map<String, Long> reads(CacheCounts counts) {
        Map<String, Long> reads = new LinkedHashMap<>();
        for (Source source : Source.values()) {
            reads.put(lowerCase(source), counts.reads(source));
        }
        reads.put("failed", counts.failedReads());
        return reads;
    }

    private static Map<String, Long> loads(CacheCounts counts) {
        Map<String, Long> loads = new LinkedHashMap<>();
        for (LoadEnd end : LoadEnd.values()) {
            loads.put(lowerCase(end), counts.loads(end));
        }
        return loads;
    }

    private static Map<String, Shown> options(CacheOptions options) {
        Map<String, Shown> shown = new LinkedHashMap<>();
        for (Option<?> option : Option.all()) {
            CacheOptions.Setting setting = options.shown(option);
            shown.put(option.name(), new Shown(String.valueOf(setting.value()), setting.origin()));
        }
        return shown;
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
