package io.stampede.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.cache.annotation.Cacheable;

/** A mistake fails the start, and who reads why knows what to change. */
class StartupFailuresTest {

    private static final String NAME = "io.stampede.spring.StartupFailuresTest$";

    private static String failure(Class<?> bean, String... properties) {
        return Startup.failure(List.of(bean), properties);
    }

    /** All of them, as far as one says it like this. */
    private static void assertTold(String output, String subject, String value, String... more) {
        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START", subject + " = " + value, "Change " + subject + ", or remove it.")
                .contains(more);
    }

    static class Plain {
        @Cacheable("products")
        public String find(long id) {
            return "product " + id;
        }
    }

    @Test
    void aPropertyThatIsMisspeltIsNamedBesideThoseThatItMayHaveMeant() {
        assertThat(failure(Plain.class, "stampede.defaults.tll=1m"))
                .contains(
                        "APPLICATION FAILED TO START",
                        "Property: stampede.defaults.tll",
                        "Value: \"1m\"",
                        "Origin: \"stampede.defaults.tll\" from property source \"commandLineArgs\"",
                        "Most like stampede.defaults.tll:\n\n    stampede.defaults.ttl\n");
        assertThat(failure(
                        Plain.class,
                        "stampede.caches.products.stale-on-eror=1m",
                        "stampede.redis.ulr=redis://:secret@a"))
                .contains("stampede.caches.products.stale-on-error\n", "stampede.redis.uri\n", "Value: \"***\"")
                .doesNotContain("secret");
        assertThat(failure(Plain.class, "stampede.health.degraded-staus=UP"))
                .contains("    stampede.health.degraded-status\n");
        assertThat(failure(Plain.class, "stampede.namspace=shop")).contains("    stampede.namespace\n");
        assertThat(failure(Plain.class, "stampede.defaults.ttl.min=1s")).contains("    stampede.defaults.ttl\n");
    }

    @Test
    void aTtlBelowZeroInTheProperties() {
        assertTold(
                failure(Plain.class, "stampede.caches.products.ttl=-1s"),
                "stampede.caches.products.ttl",
                "-1s",
                "Cache 'products'",
                "1 ms to 100 years");
        assertTold(
                failure(Plain.class, "stampede.defaults.ttl=-1500"),
                "stampede.defaults.ttl",
                "-1500ms",
                "1 ms to 100 years");
    }

    static class BelowZero {
        @StampedeCacheable(cacheNames = "products", ttl = "-5m")
        public String find(long id) {
            return "product " + id;
        }
    }

    @Test
    void aTtlBelowZeroInAnAnnotation() {
        assertTold(
                failure(BelowZero.class),
                "ttl of @StampedeCacheable on " + NAME + "BelowZero.find(long)",
                "-5m",
                "1 ms to 100 years");
    }

    static class Unparsable {
        @StampedeCacheable(cacheNames = "products", staleOnError = "soon")
        public String find(long id) {
            return "product " + id;
        }
    }

    @Test
    void aDurationThatIsNoneInAnAnnotation() {
        assertTold(
                failure(Unparsable.class),
                "staleOnError of @StampedeCacheable on " + NAME + "Unparsable.find(long)",
                "soon",
                "a duration, such as 10s or PT10S");
    }

    @Test
    void aDurationThatIsNoneInTheProperties() {
        assertThat(failure(Plain.class, "stampede.defaults.ttl=soon"))
                .contains("APPLICATION FAILED TO START", "stampede.defaults.ttl", "Value: \"soon\"", "Duration");
    }

    static class Missing {
        @StampedeCacheable(cacheNames = "products", fallback = "nobody")
        public String find(long id) {
            return "product " + id;
        }
    }

    @Test
    void aFallbackThatThereIsNot() {
        assertTold(
                failure(Missing.class),
                "fallback of @StampedeCacheable on " + NAME + "Missing.find(long)",
                "nobody",
                "there is no such method",
                "the same parameters");
    }

    static class OtherReturn {
        @StampedeCacheable(cacheNames = "products", fallback = "number")
        public String find(long id) {
            return "product " + id;
        }

        public int number(long id) {
            return 1;
        }
    }

    @Test
    void aFallbackThatReturnsSomethingElse() {
        assertTold(
                failure(OtherReturn.class),
                "fallback of @StampedeCacheable on " + NAME + "OtherReturn.find(long)",
                "number",
                "it returns int",
                "to return java.lang.String");
    }

    static class BrokenTags {
        @StampedeCacheable(cacheNames = "products", tags = "'category-' + ")
        public String find(long id) {
            return "product " + id;
        }
    }

    static class BrokenEvictTags {
        @StampedeEvict(cacheNames = "products", tags = "#id.")
        public void forget(long id) {}
    }

    @Test
    void tagsThatAreNoExpression() {
        assertTold(
                failure(BrokenTags.class),
                "tags of @StampedeCacheable on " + NAME + "BrokenTags.find(long)",
                "'category-' + ",
                "an expression in SpEL");
        assertTold(
                failure(BrokenEvictTags.class),
                "tags of @StampedeEvict on " + NAME + "BrokenEvictTags.forget(long)",
                "#id.",
                "an expression in SpEL");
    }

    static class Conflicting {
        @Cacheable("products")
        public String find(long id) {
            return "product " + id;
        }

        @Cacheable(cacheNames = "products", key = "'count'")
        public List<String> all() {
            return List.of();
        }
    }

    @Test
    void twoMethodsThatPutValuesOfDifferentTypesIntoOneCache() {
        assertThat(failure(Conflicting.class))
                .contains(
                        "APPLICATION FAILED TO START",
                        "Change one of what is named above.",
                        "cache 'products'",
                        NAME + "Conflicting.find(long) returns java.lang.String",
                        NAME + "Conflicting.all() returns java.util.List<java.lang.String>",
                        "stampede.caches.products.type");
    }

    static class SetTwice {
        @StampedeCacheable(cacheNames = "products", ttl = "1m")
        public String find(long id) {
            return "product " + id;
        }

        @StampedeCacheable(cacheNames = "products", key = "'first'", ttl = "2m")
        public String first() {
            return "product 1";
        }
    }

    @Test
    void twoMethodsThatSetAnOptionOfOneCacheDifferently() {
        assertThat(failure(SetTwice.class))
                .contains(
                        "APPLICATION FAILED TO START",
                        "cache 'products'",
                        "ttl of @StampedeCacheable on " + NAME + "SetTwice.find(long)",
                        "ttl of @StampedeCacheable on " + NAME + "SetTwice.first()",
                        "1m",
                        "2m",
                        "stampede.caches.products.ttl");
    }

    @Test
    void aPauseOfTheSourcesBreakerAlone() {
        assertTold(
                failure(Plain.class, "stampede.defaults.source-breaker-pause=1m"),
                "stampede.defaults.source-breaker-pause",
                "1m",
                "cache 'products'",
                "sourceBreakerFailureRate");
    }

    static class ExpireByTag {
        @StampedeEvict(cacheNames = "products", expire = true, tags = "'all'")
        public void forget(long id) {}
    }

    static class ExpireAll {
        @StampedeEvict(cacheNames = "products", expire = true, allEntries = true)
        public void forget() {}
    }

    @Test
    void expireOfMoreThanAKey() {
        assertTold(
                failure(ExpireByTag.class),
                "expire of @StampedeEvict on " + NAME + "ExpireByTag.forget(long)",
                "true",
                "not allowed together with tags");
        assertTold(
                failure(ExpireAll.class),
                "expire of @StampedeEvict on " + NAME + "ExpireAll.forget()",
                "true",
                "not allowed together with allEntries");
    }

    static class EvictAllByTag {
        @StampedeEvict(cacheNames = "products", tags = "'all'", allEntries = true)
        public void forget() {}
    }

    @Test
    void allEntriesAndThoseWithATag() {
        assertTold(
                failure(EvictAllByTag.class),
                "allEntries of @StampedeEvict on " + NAME + "EvictAllByTag.forget()",
                "true",
                "not allowed together with tags");
    }
}
