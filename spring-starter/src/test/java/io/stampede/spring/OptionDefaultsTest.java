package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.StampedeCache;
import io.stampede.StampedeCacheBuilder;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

/** What people are told of an option that nobody has set is what holds. */
class OptionDefaultsTest {

    /** Those whose default is the starter's own. */
    private static final Set<Option<?>> OWN = Set.of(Option.TTL, Option.NEGATIVE_TTL, Option.LOCAL_ONLY);

    private static final Map<Option<?>, String> FIELDS = Map.of(
            Option.EARLY_REFRESH, "beta",
            Option.COMPRESSION_ABOVE, "compressAbove",
            Option.REDACT_KEYS, "redactsKeys",
            Option.SOURCE_BREAKER_PAUSE, "breakingPause");

    static List<Option<?>> options() {
        return Option.all().stream()
                .filter(option -> !OWN.contains(option) && option != Option.SOURCE_BREAKER_FAILURE_RATE)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("options")
    void itIsTheCachesOwn(Option<?> option) throws ReflectiveOperationException {
        Object value = inBuilder(FIELDS.getOrDefault(option, option.name()));
        if (value == null || value.equals(Integer.MAX_VALUE)) {
            assertThat(option.byDefault()).isIn("none", "as ttl");
        } else {
            Object told = option.parse(option.byDefault());
            assertThat(told instanceof DataSize size ? (Object) (int) size.toBytes() : told)
                    .isEqualTo(value);
        }
    }

    @Test
    void thereIsNoBreakerOfTheSource() throws ReflectiveOperationException {
        assertThat(inBuilder("breaksSource")).isEqualTo(false);
        assertThat(Option.SOURCE_BREAKER_FAILURE_RATE.byDefault()).isEqualTo("none");
    }

    private static Object inBuilder(String name) throws ReflectiveOperationException {
        Field field = StampedeCacheBuilder.class.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(StampedeCache.<String, String>builder("any"));
    }

    @Test
    void valuesAndNullsAreFreshForTenMinutesAndRedisIsUsed() {
        assertThat(Option.TTL.byDefault()).isEqualTo("10m");
        assertThat(Option.NEGATIVE_TTL.byDefault()).isEqualTo("as ttl");
        assertThat(Option.LOCAL_ONLY.byDefault()).isEqualTo("false");
        Subjects.run(Subjects.calm(Map.of()), subjects -> {
            assertThat(loadsAround(Duration.ofMinutes(10), subjects.named("plain")))
                    .containsExactly(1, 2);
            assertThat(loadsAround(
                            Duration.ofMinutes(10), subjects.named("named").answer("")))
                    .containsExactly(1, 2);
            assertThat(subjects.named("plain").remoteBytes()).isNotNull();
        });
    }

    /** How many loads there were just before that time, and just after it. */
    private static List<Integer> loadsAround(Duration time, Subject subject) {
        subject.call();
        subject.pass(time.minusMillis(2)).call();
        int before = subject.loads();
        subject.pass(Duration.ofMillis(3)).call();
        return List.of(before, subject.loads());
    }
}
