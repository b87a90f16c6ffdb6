package io.mooncake4j.transfer.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.mooncake4j.transfer.architecture.PackageRules.seesOnly;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;
import java.util.Date;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransferArchitectureTest extends ArchitectureTest {
    private static final String TRANSFER = "io.mooncake4j.transfer.";
    private static final String WIRE = TRANSFER + "wire..";
    private static final String SAFETY = TRANSFER + "safety..";
    private static final String SETTINGS = TRANSFER + "settings..";
    private static final String RPC = TRANSFER + "rpc..";
    private static final String HTTP = TRANSFER + "http..";
    private static final String METRICS = TRANSFER + "metrics..";
    private static final String MICROMETER = TRANSFER + "micrometer..";
    private static final String MEMORY = TRANSFER + "memory..";
    private static final String ENGINE = TRANSFER + "engine..";
    private static final String SERVER = TRANSFER + "server..";
    private static final String POOL = TRANSFER + "pool..";
    private static final String TCP = TRANSFER + "tcp..";
    private static final String VERBS = TRANSFER + "rdma.verbs..";
    private static final String GID = TRANSFER + "rdma.gid..";
    private static final String CM = TRANSFER + "rdma.cm..";
    private static final String QUEUE = TRANSFER + "rdma.queue..";
    private static final String RDMA = TRANSFER + "rdma..";

    static Stream<ArchRule> rules() {
        return library(
                seesOnly(WIRE),
                seesOnly(SAFETY),
                seesOnly(SETTINGS),
                seesOnly(MEMORY, WIRE),
                seesOnly(HTTP, WIRE),
                seesOnly(METRICS, WIRE),
                seesOnly(MICROMETER, METRICS),
                countsWithoutALibrary(),
                seesOnly(RPC, WIRE),
                seesOnly(ENGINE, WIRE, MEMORY),
                seesOnly(SERVER, WIRE, MEMORY, SAFETY),
                seesOnly(POOL, WIRE),
                seesOnly(TCP, ENGINE, SERVER, POOL, MEMORY, METRICS, WIRE, SAFETY),
                seesOnly(VERBS),
                seesOnly(GID, WIRE),
                seesOnly(CM, VERBS, WIRE),
                seesOnly(QUEUE, VERBS, ENGINE, MEMORY, METRICS, WIRE, SAFETY),
                seesOnly(RDMA, TCP, ENGINE, SERVER, POOL, MEMORY, METRICS, WIRE, SAFETY, SETTINGS),
                onlyVerbsKnowDisni());
    }

    private static ArchRule onlyVerbsKnowDisni() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(VERBS)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.ibm.disni..")
                .as("only " + VERBS + " knows DiSNI");
    }

    private static ArchRule countsWithoutALibrary() {
        return noClasses()
                .that()
                .resideInAPackage("io.mooncake4j.transfer..")
                .and()
                .resideOutsideOfPackage(MICROMETER)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .as("only the package micrometer knows Micrometer: users of the SDK need not have it");
    }

    /** Of whatever kind. */
    private static final class ReadsTheWallClock {
        final LongSupplier millis = System::currentTimeMillis;

        Object later() {
            return new Object[] {Instant.now(), new Date()};
        }
    }

    @Test
    void shouldObjectToEachReadingWhenAClassReadsTheWallClock() {
        JavaClasses guilty = new ClassFileImporter().importClasses(ReadsTheWallClock.class);
        assertThat(PackageRules.wallClockIsNotRead()
                        .evaluate(guilty)
                        .getFailureReport()
                        .getDetails())
                .hasSize(3);
    }
}
