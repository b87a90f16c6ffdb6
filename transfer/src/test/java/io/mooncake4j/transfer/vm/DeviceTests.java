package io.mooncake4j.transfer.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Runs the tests of a module that are named {@code *OverDevice}, all that its class path's directories have, in a virtual
 * machine, on Java 17 and then those of them on 25 that {@link GuestTests} takes there.
 */
public final class DeviceTests {
    private static final Pattern NAME = Pattern.compile("[^$]+OverDevice");
    private final String kind;
    private final VirtualMachine machine;
    private final Path share;
    private final int leastOnJava25;

    /**
     * @param limit of the machine's life, with the tests on both JDKs
     * @param leastOnJava25 how many tests there are at least
     */
    public DeviceTests(DeviceKind device, Duration limit, int leastOnJava25) {
        this.leastOnJava25 = leastOnJava25;
        kind = device.text();
        share = Path.of("target", "rdma-vm", kind).toAbsolutePath();
        machine = new VirtualMachine(device, share, limit);
    }

    /** As above, on this JVM's JDK alone. */
    public static DeviceTests onJavaOfThisProcess(DeviceKind device, Duration limit) {
        return new DeviceTests(device, limit, 0);
    }

    /**
     * Fails unless on each JDK all tests that were found ran and passed. Prints what the machine printed.
     *
     * @param least how many tests there are at least on the first
     */
    public void shouldAllPass(int least, String... options) throws IOException, InterruptedException {
        List<String> classes = ClassesOfPath.ofThisProcess().named(NAME);
        assertThat(classes).as("classes *OverDevice").isNotEmpty();
        List<Path> jdks = leastOnJava25 > 0 ? TestJdks.homes() : List.of(Path.of(System.getProperty("java.home")));
        List<Path> reports = new ArrayList<>();
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--class-path", System.getProperty("java.class.path")));
        for (Path jdk : jdks) {
            all.addAll(List.of("--jdk", jdk.toString()));
            reports.add(share.resolve("java-" + TestJdks.feature(jdk) + ".report"));
        }
        deleteEach(reports);
        GuestOutcome outcome = machine.with(all.toArray(String[]::new)).run(classes);
        System.out.println("==== " + kind + " ====" + System.lineSeparator() + outcome.output());
        for (Path each : reports) {
            assertThat(each).as("report, if the JVM came to its end").isRegularFile();
            GuestReport report = GuestReport.read(each);
            assertThat(report.allPassed())
                    .as("over %s, %s", kind, report.text())
                    .isTrue();
            assertThat(report.found())
                    .as("tests over %s, Java %s", kind, report.java())
                    .isGreaterThanOrEqualTo(each == reports.get(0) ? least : leastOnJava25);
        }
        assertThat(outcome.exitCode()).as("exit code").isZero();
    }

    private static void deleteEach(List<Path> files) throws IOException {
        for (Path each : files) {
            Files.deleteIfExists(each);
        }
    }
}
