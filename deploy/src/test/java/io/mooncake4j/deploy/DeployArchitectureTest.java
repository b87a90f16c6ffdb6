package io.mooncake4j.deploy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;

import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.ArchitectureTest;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;

class DeployArchitectureTest extends ArchitectureTest {
    /** Is about RDMA itself, and tries it out. */
    private static final String DOCTOR = "io.mooncake4j.deploy.doctor..";

    static Stream<ArchRule> rules() {
        return application(
                PackageRules.namesNoTransport("io.mooncake4j.deploy..", resideInAPackage(DOCTOR)),
                PackageRules.seesOnly(DOCTOR, "io.mooncake4j.transfer.."));
    }
}
