package io.mooncake4j.client;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.mooncake4j.transfer.architecture.PackageRules.ignores;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.ArchitectureTest;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;

class ClientArchitectureTest extends ArchitectureTest {
    private static final String CLIENT = "io.mooncake4j.client..";
    private static final String NODE = "io.mooncake4j.node..";
    private static final String MASTER = "io.mooncake4j.master..";

    private static ArchRule micrometerIsOptional() {
        return noClasses()
                .that()
                .resideInAnyPackage(CLIENT, NODE)
                .and()
                .resideOutsideOfPackage("io.mooncake4j.node.metrics..")
                .and()
                .haveNameNotMatching(".*\\.MooncakeClientMetrics(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "io.mooncake4j.transfer.micrometer..")
                .as("who doesn't bind metrics needs no Micrometer");
    }

    static Stream<ArchRule> rules() {
        DescribedPredicate<JavaClass> wiring =
                nameMatching(".*Wiring(\\$.*)?").<JavaClass>forSubtype().as("the classes …Wiring");
        return library(
                ignores(CLIENT, NODE, MASTER),
                ignores(NODE, CLIENT, MASTER),
                micrometerIsOptional(),
                ignores(CLIENT, "io.mooncake4j.transfer.http..", "io.netty.."),
                PackageRules.namesNoTransport(CLIENT, wiring),
                PackageRules.namesNoTransport(NODE, wiring));
    }
}
