package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.stampede.spring.OptionProbes.Probe;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each option, in each way in which it can be set, changes what callers, the source or the remote tier see. */
class OptionsTest {

    private static final Set<String> IN_ANNOTATION = Arrays.stream(StampedeCacheable.class.getDeclaredMethods())
            .map(attribute -> attribute.getName())
            .collect(Collectors.toSet());

    static List<Probe> probes() {
        return OptionProbes.all();
    }

    @ParameterizedTest
    @MethodSource("probes")
    void anOptionIsSetForOneCacheByPropertyOrByAnnotation(Probe probe) {
        assertThat(probe.with()).isNotEqualTo(probe.without());
        Map<String, String> properties = Subjects.calm(probe.besides());
        if (!probe.besides().containsKey(probe.option().property())) {
            properties.remove("stampede.defaults." + probe.option().property());
        }
        properties.put("stampede.caches.named." + probe.option().property(), probe.text());
        properties.put("annotation." + probe.option().name(), probe.text());
        Subjects.run(properties, subjects -> {
            assertThat(probe.experiment().apply(subjects.named("plain")))
                    .as("not set")
                    .isEqualTo(probe.without());
            assertThat(probe.experiment().apply(subjects.named("named")))
                    .as("set by the properties of the cache")
                    .isEqualTo(probe.with());
            if (IN_ANNOTATION.contains(probe.option().name())) {
                assertThat(probe.experiment().apply(subjects.named("annotated")))
                        .as("set by the annotation")
                        .isEqualTo(probe.with());
            }
        });
    }

    @ParameterizedTest
    @MethodSource("probes")
    void anOptionIsSetForAllCaches(Probe probe) {
        Map<String, String> properties = Subjects.calm(probe.besides());
        properties.put("stampede.defaults." + probe.option().property(), probe.text());
        Subjects.run(
                properties,
                subjects -> assertThat(probe.experiment().apply(subjects.named("plain")))
                        .isEqualTo(probe.with()));
    }

    @Test
    void noOptionIsLeftOut() {
        assertThat(probes()).extracting(Probe::option).containsExactlyInAnyOrderElementsOf(List.copyOf(Option.all()));
    }

    private static int loadsAfterMinutes(Subject subject, int... minutes) {
        subject.call();
        for (int more : minutes) {
            subject.passMinutes(more).call();
        }
        return subject.loads();
    }

    @Test
    void whatIsSaidOfACacheByPropertyComesBeforeItsAnnotationAndThatBeforeWhatIsSaidOfAll() {
        Map<String, String> properties = Subjects.calm(Map.of("ttl", "30m"));
        properties.put("annotation.ttl", "15m");
        Subjects.run(properties, subjects -> {
            assertThat(loadsAfterMinutes(subjects.named("plain"), 20)).isEqualTo(1);
            assertThat(loadsAfterMinutes(subjects.named("annotated"), 10)).isEqualTo(1);
            assertThat(loadsAfterMinutes(subjects.named("annotated"), 10)).isEqualTo(2);
        });
        properties.put("stampede.caches.annotated.ttl", "5m");
        Subjects.run(properties, subjects -> {
            assertThat(loadsAfterMinutes(subjects.named("plain"), 20)).isEqualTo(1);
            assertThat(loadsAfterMinutes(subjects.named("annotated"), 7)).isEqualTo(2);
        });
    }
}
