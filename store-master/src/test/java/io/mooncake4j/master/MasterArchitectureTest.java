package io.mooncake4j.master;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.PackageRules;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MasterArchitectureTest {
    private static final String PLACEMENT = "io.mooncake4j.master.placement..";
    private static final String EVICTION = "io.mooncake4j.master.eviction..";
    private static final String JOURNAL = "io.mooncake4j.master.journal..";
    private static final String SERVICE = "io.mooncake4j.master.service..";

    private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");

    private static final JavaClasses CLASSES = PackageRules.productionClasses();

    static Stream<ArchRule> directions() {
        return Stream.of(
                noClasses()
                        .that()
                        .resideInAnyPackage(PLACEMENT, EVICTION)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(
                                "io.netty..",
                                "io.etcd..",
                                "io.grpc..",
                                "io.mooncake4j.transfer.rpc..",
                                "io.mooncake4j.transfer.memory..",
                                "io.mooncake4j.transfer.engine..",
                                "io.mooncake4j.transfer.server..",
                                "io.mooncake4j.transfer.tcp..")
                        .as("placement and eviction are plain Java")
                        .allowEmptyShould(true),
                noClasses()
                        .that()
                        .resideInAnyPackage(PLACEMENT, EVICTION)
                        .should()
                        .accessTargetWhere(describe("it reads a clock", access -> {
                            String owner = access.getTargetOwner().getName();
                            String name = access.getTarget().getName();
                            return (owner.equals("java.lang.System") && CLOCKS.contains(name))
                                    || (owner.startsWith("java.time.") && name.equals("now"))
                                    || (owner.equals("java.lang.Thread") && name.equals("sleep"))
                                    || (owner.equals("java.util.Date") && name.equals("<init>"));
                        }))
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("java.time.Clock")
                        .orShould()
                        .dependOnClassesThat()
                        .haveFullyQualifiedName("io.mooncake4j.transfer.wire.Deadline")
                        .as("placement and eviction have no clock of their own: time is passed in")
                        .allowEmptyShould(true),
                noClasses()
                        .that()
                        .resideInAnyPackage(PLACEMENT, EVICTION, JOURNAL)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(SERVICE)
                        .allowEmptyShould(true),
                noClasses()
                        .that()
                        .resideInAPackage("io.mooncake4j.master..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.mooncake4j.transfer.tcp..")
                        .as("the master touches no object bytes")
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
