package io.mooncake4j.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BenchArchitectureTest {
    private static final JavaClasses CLASSES = PackageRules.productionClasses();

    static Stream<ArchRule> directions() {
        return Stream.of(noClasses()
                .that()
                .resideInAPackage("io.mooncake4j.bench..")
                .and()
                .doNotHaveSimpleName("TransferBenchmark") // it measures the transport itself
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.mooncake4j.transfer.tcp..")
                .as("transports are named by wiring code in store-client, and by the benchmark of a transport, only")
                .allowEmptyShould(true));
    }

    static Stream<ArchRule> everywhere() {
        return PackageRules.everywhere();
    }

    @ParameterizedTest
    @MethodSource({"directions", "everywhere"})
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }
}
