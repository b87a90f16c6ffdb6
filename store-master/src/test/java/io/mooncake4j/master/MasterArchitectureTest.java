package io.mooncake4j.master;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysFalse;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.mooncake4j.transfer.architecture.PackageRules.ignores;
import static io.mooncake4j.transfer.architecture.PackageRules.namesNoTransport;
import static io.mooncake4j.transfer.architecture.PackageRules.seesOnly;

import com.tngtech.archunit.lang.ArchRule;
import io.mooncake4j.transfer.architecture.ArchitectureTest;
import java.util.Set;
import java.util.stream.Stream;

class MasterArchitectureTest extends ArchitectureTest {
    private static final String PLACEMENT = "io.mooncake4j.master.placement..";
    private static final String EVICTION = "io.mooncake4j.master.eviction..";
    private static final String JOURNAL = "io.mooncake4j.master.journal..";
    private static final String ETCD = "io.mooncake4j.master.etcd..";
    private static final String SERVICE = "io.mooncake4j.master.service..";
    private static final String ADMIN = "io.mooncake4j.master.admin..";
    private static final String METRICS = "io.mooncake4j.master.metrics..";

    private static final Set<String> CLOCKS = Set.of("nanoTime", "currentTimeMillis");

    static Stream<ArchRule> rules() {
        return library(
                plainJava(PLACEMENT),
                plainJava(EVICTION),
                timeIsPassedIn(),
                ignores(PLACEMENT, SERVICE),
                ignores(EVICTION, SERVICE),
                ignores(JOURNAL, SERVICE),
                seesOnly(ETCD, "io.mooncake4j.transfer.wire..", "io.mooncake4j.transfer.metrics.."),
                ignores(SERVICE, ADMIN, METRICS),
                onlyMetricsKnowMicrometer(),
                etcdIsAnInterface(),
                // the master touches no object bytes
                namesNoTransport("io.mooncake4j.master..", alwaysFalse()));
    }

    private static ArchRule plainJava(String packages) {
        return ignores(
                packages,
                "io.netty..",
                "io.etcd..",
                "io.grpc..",
                "io.mooncake4j.transfer.http..",
                "io.mooncake4j.transfer.rpc..",
                "io.mooncake4j.transfer.memory..",
                "io.mooncake4j.transfer.engine..",
                "io.mooncake4j.transfer.server..",
                "io.mooncake4j.transfer.tcp..");
    }

    private static ArchRule onlyMetricsKnowMicrometer() {
        return noClasses()
                .that()
                .resideInAPackage("io.mooncake4j.master..")
                .and()
                .resideOutsideOfPackage(METRICS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .as("what is counted is plain Java: only the package metrics knows Micrometer");
    }

    private static ArchRule etcdIsAnInterface() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ETCD)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.etcd..", "io.grpc..")
                .as("only the package etcd knows how etcd is called: a simulated one takes its place");
    }

    private static ArchRule timeIsPassedIn() {
        return noClasses()
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
                .allowEmptyShould(true);
    }
}
