package io.stampede.spring;

import io.stampede.StampedeCacheBuilder;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;

/**
 * The options of one cache, and who has set each. What the properties say of this cache comes first, then what the
 * annotations of its methods say, then what the properties say of all caches.
 */
final class CacheOptions {

    private static final Duration TTL = DurationStyle.detectAndParse(Option.TTL.byDefault());
    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS, ChronoUnit.MILLIS);
    private static final String BY_DEFAULT = "default";

    private final String cache;
    private final Map<Option<?>, Setting> settings = new LinkedHashMap<>();

    /**
     * The value of an option.
     *
     * @param value the value
     * @param origin who has set it, for people
     */
    record Setting(Object value, String origin) {}

    CacheOptions(String cache, StampedeProperties properties, Map<Option<?>, Setting> annotated) {
        this.cache = cache;
        NamedCacheProperties own = properties.getCaches().get(cache);
        for (Option<?> option : Option.all()) {
            Setting setting = own == null ? null : of(option, own, "caches." + cache);
            setting = setting == null ? annotated.get(option) : setting;
            setting = setting == null ? of(option, properties.getDefaults(), "defaults") : setting;
            if (setting != null) {
                settings.put(option, setting);
            }
        }
        settings.putIfAbsent(Option.TTL, new Setting(TTL, BY_DEFAULT));
        settings.putIfAbsent(Option.NEGATIVE_TTL, settings.get(Option.TTL));
    }

    private static @Nullable Setting of(Option<?> option, CacheProperties properties, String where) {
        Object value = option.in(properties);
        return value == null
                ? null
                : new Setting(value, StampedeProperties.PREFIX + "." + where + "." + option.property());
    }

    boolean isLocalOnly() {
        return value(Option.LOCAL_ONLY, false);
    }

    /** Where the type of its values is set, if its methods don't tell. */
    String propertyOfType() {
        return StampedeProperties.PREFIX + ".caches." + cache + ".type";
    }

    /** What has been set, by whomever. */
    Map<Option<?>, Setting> settings() {
        return Map.copyOf(settings);
    }

    /** The value of an option and where it comes from, as people write it. */
    Setting shown(Option<?> option) {
        Setting setting = settings.get(option);
        return setting == null
                ? new Setting(option.byDefault(), BY_DEFAULT)
                : new Setting(text(setting.value()), setting.origin());
    }

    /** As people write it. */
    static Object text(Object value) {
        return value instanceof Duration duration ? text(duration) : value;
    }

    /** In the largest unit in which it is a whole number. */
    private static String text(Duration duration) {
        return duration.isZero()
                ? "0s"
                : UNITS.stream()
                        .filter(unit -> duration.equals(duration.truncatedTo(unit)))
                        .findFirst()
                        .map(unit -> DurationStyle.SIMPLE.print(duration, unit))
                        .orElseGet(duration::toString);
    }

    /**
     * Sets all of them.
     *
     * @param hasRemote whether the cache has a remote tier; without one {@code localTtl} has no meaning
     * @throws StampedeConfigurationException if one is out of its range, or has nothing to go with
     */
    void applyTo(StampedeCacheBuilder<Object, Object> builder, boolean hasRemote) {
        settings.forEach((option, setting) -> {
            if (hasRemote || option != Option.LOCAL_TTL) {
                apply(option, setting, builder);
            }
        });
        if (settings.containsKey(Option.FIRST_BACKOFF) || settings.containsKey(Option.LONGEST_BACKOFF)) {
            builder.backoff(
                    value(Option.FIRST_BACKOFF, Option.FIRST_BACKOFF.parse(Option.FIRST_BACKOFF.byDefault())),
                    value(Option.LONGEST_BACKOFF, Option.LONGEST_BACKOFF.parse(Option.LONGEST_BACKOFF.byDefault())));
        }
        Setting rate = settings.get(Option.SOURCE_BREAKER_FAILURE_RATE);
        Setting pause = settings.get(Option.SOURCE_BREAKER_PAUSE);
        if (rate != null && pause != null) {
            builder.sourceBreaker((Double) rate.value(), (Duration) pause.value());
        } else if (rate != null) {
            throw lonely(rate);
        } else if (pause != null) {
            throw lonely(pause);
        }
    }

    private StampedeConfigurationException lonely(Setting setting) {
        return new StampedeConfigurationException(
                setting.origin(),
                text(setting.value()),
                "sourceBreakerFailureRate and sourceBreakerPause are to be set together for cache '" + cache
                        + "', or not at all");
    }

    @SuppressWarnings("unchecked") // a setting is of its option's type: it was read by it
    private static <T> void apply(Option<T> option, Setting setting, StampedeCacheBuilder<Object, Object> builder) {
        option.set(builder, (T) setting.value());
    }

    @SuppressWarnings("unchecked")
    private <T> T value(Option<T> option, T otherwise) {
        Setting setting = settings.get(option);
        return setting == null ? otherwise : (T) setting.value();
    }

    /** Which of them a complaint of the cache's builder is about: it begins with the option's name. */
    StampedeConfigurationException blame(IllegalArgumentException complaint) {
        String message = String.valueOf(complaint.getMessage());
        for (Map.Entry<Option<?>, Setting> entry : settings.entrySet()) {
            if (entry.getKey().isMeantBy(message)) {
                Setting setting = entry.getValue();
                return new StampedeConfigurationException(setting.origin(), text(setting.value()), message, complaint);
            }
        }
        return new StampedeConfigurationException(
                StampedeProperties.PREFIX + ".caches." + cache, null, message, complaint);
    }
}
