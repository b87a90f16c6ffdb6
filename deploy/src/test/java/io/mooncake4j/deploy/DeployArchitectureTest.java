package io.mooncake4j.deploy;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysFalse;

import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.ArchitectureTest;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;

class DeployArchitectureTest extends ArchitectureTest {
    static Stream<ArchRule> rules() {
        return application(PackageRules.namesNoTransport("io.mooncake4j.deploy..", alwaysFalse()));
    }
}
