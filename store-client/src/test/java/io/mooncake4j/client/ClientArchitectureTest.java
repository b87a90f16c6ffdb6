package io.mooncake4j.client;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientArchitectureTest {
    private static final String CLIENT = "io.mooncake4j.client..";
    private static final String NODE = "io.mooncake4j.node..";
    private static final String MASTER = "io.mooncake4j.master..";

    private static final JavaClasses CLASSES = PackageRules.productionClasses();

    static Stream<ArchRule> directions() {
        return Stream.of(
                noClasses()
                        .that()
                        .resideInAPackage(CLIENT)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(NODE, MASTER)
                        .allowEmptyShould(true),
                noClasses()
                        .that()
                        .resideInAPackage(NODE)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(CLIENT, MASTER)
                        .allowEmptyShould(true),
                noClasses()
                        .that()
                        .resideInAnyPackage(CLIENT, NODE)
                        .and()
                        .haveNameNotMatching(".*Wiring(\\$.*)?")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.mooncake4j.transfer.tcp..")
                        .as("only the classes …Wiring name a transport")
                        .allowEmptyShould(true));
    }

    static Stream<ArchRule> everywhere() {
        return Stream.concat(PackageRules.everywhere(), Stream.of(PackageRules.noStandardStreams()));
    }

    @ParameterizedTest
    @MethodSource({"directions", "everywhere"})
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }
}
