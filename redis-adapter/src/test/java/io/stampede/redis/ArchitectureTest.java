package io.stampede.redis;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** The adapter sees the core's ports, and nothing behind them. */
@AnalyzeClasses(packages = "io.stampede.redis", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule knowsOnlyThePorts = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("io.stampede..")
                    .and(resideOutsideOfPackages("io.stampede.spi..", "io.stampede.redis..")));

    /** Redisson is optional: with Lettuce alone on the class path nothing may ask for it. */
    @ArchTest
    static final ArchRule onlyItsOwnSideKnowsRedisson = noClasses()
            .that()
            .haveNameNotMatching("io\\.stampede\\.redis\\.Redisson.*")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("org.redisson..").or(nameMatching("io\\.stampede\\.redis\\.Redisson.*")));

    @ArchTest
    static final ArchRule redissonsSideKnowsNoLettuce = noClasses()
            .that()
            .haveNameMatching("io\\.stampede\\.redis\\.Redisson.*")
            .should()
            .dependOnClassesThat(resideInAPackage("io.lettuce.."));

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses classes) {
        assertThat(classes.stream().map(JavaClass::getPackage).distinct())
                .isNotEmpty()
                .allSatisfy(each -> assertThat(each.isAnnotatedWith(NullMarked.class))
                        .as("%s is @NullMarked", each.getName())
                        .isTrue());
    }
}
