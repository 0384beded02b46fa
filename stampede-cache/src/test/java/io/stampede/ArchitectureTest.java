package io.stampede;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.stampede.spi.Environment;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.Timer;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.NullMarked;

/** What the parts of the core may know of each other, and of the machine. */
@AnalyzeClasses(packages = "io.stampede", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().assignedFrom(packages()).should().beFreeOfCycles();

    @ArchTest
    static final ArchRule portsKnowNobody = noClasses()
            .that()
            .resideInAPackage("io.stampede.spi..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.stampede..").and(resideOutsideOfPackage("io.stampede.spi..")));

    @ArchTest
    static final ArchRule coreKnowsNeitherRedisNorSpring = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.stampede.redis..",
                    "io.lettuce..",
                    "io.netty..",
                    "org.redisson..",
                    "org.springframework..",
                    "reactor..",
                    "redis..");

    @ArchTest
    static final ArchRule timeChanceAndThreadsAreHandedIn = noClasses()
            .that(areNotTheSystemEnvironment())
            .should()
            .accessTargetWhere(JavaAccess.Predicates.target(reachesForTheMachine()))
            .because("they come from an Environment, so that a simulation can hand in its own");

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", each.getName())
                        .isTrue());
    }

    private static SliceAssignment packages() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return SliceIdentifier.of(javaClass.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    /** {@link Environment} and what hides behind it in its own package. */
    private static DescribedPredicate<JavaClass> areNotTheSystemEnvironment() {
        return describe("are not the system environment", each -> {
            JavaClass top = each;
            while (top.getEnclosingClass().isPresent()) {
                top = top.getEnclosingClass().get();
            }
            boolean hidden = !top.getModifiers().contains(JavaModifier.PUBLIC);
            return !(top.isEquivalentTo(Environment.class)
                    || (hidden && top.getPackageName().equals(Environment.class.getPackageName())));
        });
    }

    private static final Map<Class<?>, Set<String>> MACHINE = Map.of(
            System.class, Set.of("nanoTime", "currentTimeMillis"),
            Instant.class, Set.of("now"),
            Clock.class, Set.of("systemUTC", "systemDefaultZone", "system", "tick"),
            Math.class, Set.of("random"),
            UUID.class, Set.of("randomUUID"),
            CompletableFuture.class, Set.of("orTimeout", "completeOnTimeout", "delayedExecutor"),
            Thread.class, Set.of("startVirtualThread", "ofVirtual", "ofPlatform"));

    private static final Set<Class<?>> MACHINE_CLASSES =
            Set.of(ThreadLocalRandom.class, Executors.class, ForkJoinPool.class, Timer.class);

    private static DescribedPredicate<AccessTarget> reachesForTheMachine() {
        return describe("reaches for the machine's time, chance or threads", target -> {
            JavaClass owner = target.getOwner();
            return MACHINE_CLASSES.stream().anyMatch(owner::isEquivalentTo)
                    || MACHINE.entrySet().stream()
                            .anyMatch(each -> owner.isEquivalentTo(each.getKey())
                                    && each.getValue().contains(target.getName()))
                    || makesThreadsOrDice(target)
                    || runsInTheCommonPool(target);
        });
    }

    private static boolean makesThreadsOrDice(AccessTarget target) {
        JavaClass owner = target.getOwner();
        return target instanceof AccessTarget.ConstructorCallTarget
                && (owner.isAssignableTo(Thread.class)
                        || owner.isAssignableTo(Random.class)
                        || (owner.isAssignableTo(Executor.class)
                                && owner.getPackageName().startsWith("java.")));
    }

    private static boolean runsInTheCommonPool(AccessTarget target) {
        return target instanceof AccessTarget.CodeUnitAccessTarget method
                && method.getOwner().isAssignableTo(CompletableFuture.class)
                && method.getName().endsWith("Async")
                && method.getRawParameterTypes().stream().noneMatch(each -> each.isEquivalentTo(Executor.class));
    }
}
