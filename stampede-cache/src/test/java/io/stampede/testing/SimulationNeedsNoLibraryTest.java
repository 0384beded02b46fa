package io.stampede.testing;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who puts the simulated cluster into a test of an application need not have our test libraries. */
@AnalyzeClasses(packages = "io.stampede.testing")
class SimulationNeedsNoLibraryTest {

    /** Those are for who implements the ports, by JUnit and AssertJ. */
    private static final DescribedPredicate<JavaClass> OUR_TESTS =
            nameMatching(".*(Contract|RecordingSubscriber|Test|[.]guide[.]).*").forSubtype();

    @ArchTest
    static final ArchRule doublesStandOnThePortsAlone = noClasses()
            .that(not(OUR_TESTS))
            .should()
            .dependOnClassesThat(OUR_TESTS.or(
                    resideOutsideOfPackages("java..", "org.jspecify..", "io.stampede.spi", "io.stampede.testing")));
}
