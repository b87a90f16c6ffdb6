package io.mooncake4j.bench;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.ArchitectureTest;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.stream.Stream;

class BenchArchitectureTest extends ArchitectureTest {
    static Stream<ArchRule> rules() {
        return application(PackageRules.namesNoTransport(
                "io.mooncake4j.bench..",
                nameMatching(".*\\.(TransferBenchmark|RdmaGarbage)(\\$.*)?")
                        .<JavaClass>forSubtype()
                        .as("the benchmark of transports")));
    }
}
