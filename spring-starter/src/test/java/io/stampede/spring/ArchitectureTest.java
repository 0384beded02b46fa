package io.stampede.spring;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** What applications see of the starter, and which of its classes ask for libraries that may be missing. */
@AnalyzeClasses(packages = "io.stampede.spring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule applicationsSeeOneConfigurationTheAnnotationsAndTheCustomizer = noClasses()
            .that(not(areCalled("StampedeAutoConfiguration|StampedeCacheable|StampedeEvict|StampedeCacheCustomizer")))
            .should()
            .bePublic();

    @ArchTest
    static final ArchRule transactionsAreOptional =
            onlyFrom("CurrentTransaction", "org.springframework.transaction..", "org.springframework.dao..");

    @ArchTest
    static final ArchRule reactorIsOptional = onlyFrom("Streams", "reactor..", "org.reactivestreams..");

    @ArchTest
    static final ArchRule metersAreOptional =
            onlyFrom("Meter.*|Metrics.*", "io.micrometer.core..", "io.stampede.metrics..");

    @ArchTest
    static final ArchRule observationsAreOptional = onlyFrom("Observ.*", "io.micrometer.observation..");

    @ArchTest
    static final ArchRule theActuatorIsOptional = onlyFrom(
            "Endpoint.*|StampedeEndpoint.*|RefusedRequestException|(Deep)?(Caches)?Health(Groups|Configuration)?(\\$.*)?",
            "org.springframework.boot.actuate..",
            "org.springframework.boot.health..");

    @ArchTest
    static final ArchRule springDataRedisIsOptional = onlyFrom(
            "SpringRedisDetails|RedisConfiguration\\$ByConnectionDetails",
            "org.springframework.boot.data.redis..",
            "org.springframework.data..");

    @ArchTest
    static final ArchRule redissonIsOptional = onlyFrom("RedisConfiguration\\$(By)?Redisson", "org.redisson..");

    /** Whoever uses what may be missing is itself used only where somebody has made sure that it is there. */
    @ArchTest
    static final ArchRule whatIsOptionalHidesBehindOneDoor = noClasses()
            .that(areCalled(
                    "(?!Transactions|ReturnShape|RedisConfiguration|CurrentTransaction|Streams|SpringRedisDetails).*"))
            .should()
            .dependOnClassesThat(
                    areCalled(
                            "CurrentTransaction|Streams|SpringRedisDetails|RedisConfiguration\\$(Redisson|ByConnectionDetails)"));

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", each.getName())
                        .isTrue());
    }

    private static ArchRule onlyFrom(String names, String... packages) {
        return noClasses()
                .that(not(areCalled(names)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(packages))
                .because("applications may be without them");
    }

    private static DescribedPredicate<JavaClass> areCalled(String names) {
        return describe(
                "are called " + names,
                each -> each.getName().matches("io\\.stampede\\.spring\\.(" + names + ")(\\$\\d+)?"));
    }
}
