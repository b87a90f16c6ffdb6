package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.doctor.FakeMachine;
import io.mooncake4j.transfer.rdma.RdmaTrialResult;
import io.mooncake4j.transfer.rdma.verbs.RdmaSupport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What doctor prints of whole machines, compared with files that are to be read as an operator reads them. */
class DoctorCommandTest {
    private static final String LINK_LOCAL = "fe80:0000:0000:0000:0216:3eff:fe12:345";
    private static final String V2 = "RoCE v2";

    @TempDir
    Path root;

    private static CapturedRun run(FakeMachine machine, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                false,
                false);
        DoctorCommand command = new DoctorCommand(console, machine.doctor());
        CommandLine line = new CommandLine(command);
        Converters.register(line);
        command.addFlags(line.getCommandSpec());
        int exitCode = line.execute(arguments);
        return new CapturedRun(exitCode, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static void shouldPrint(CapturedRun run, String file, int exitCode) throws IOException {
        String printed = run.out().replaceAll("Java \\S+ in \\S+, Linux", "Java VERSION in DIR, Linux");
        try (InputStream expected = DoctorCommandTest.class.getResourceAsStream("doctor/" + file)) {
            assertThat(printed)
                    .isEqualTo(expected == null ? "" : new String(expected.readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(exitCode);
    }

    private FakeMachine standard() throws IOException {
        return new FakeMachine(root)
                .erdma("0.2.38", "N", "1.5.7")
                .device(0, "4: RNIC", "eth0", "8500", "10.0.0.7")
                .gid(0, 0, "0016:3e12:3450:0000:0000:0000:0000:0000", "IB/RoCE v1", "");
    }

    private FakeMachine compat(String module, String eadm) throws IOException {
        return new FakeMachine(root)
                .erdma(module, "Y", eadm)
                .device(0, "1: CA", "eth0", "8500", "10.0.0.7")
                .gid(0, 0, LINK_LOCAL + "0", V2, "eth0")
                .gid(0, 1, "0000:0000:0000:0000:0000:ffff:0a00:0007", V2, "eth0")
                .device(1, "1: CA", "eth1", "8500", "10.0.1.7")
                .gid(1, 0, LINK_LOCAL + "1", V2, "eth1")
                .gid(1, 1, "0000:0000:0000:0000:0000:0000:0000:0000", "", "")
                .gid(1, 2, "0000:0000:0000:0000:0000:ffff:0a00:0107", V2, "eth1");
    }

    @Test
    void shouldFindNothingWrongWhenThereIsNoRdmaAndNobodyAskedForIt() throws IOException {
        RdmaSupport off = new RdmaSupport(false, "DiSNI isn't on the class path: add com.ibm.disni:disni:2.1");
        shouldPrint(run(new FakeMachine(root).library(off)), "no-rdma.txt", 0);
    }

    @Test
    void shouldSayWhatIsMissingWhenThereIsNoRdmaAndItWasAskedFor() throws IOException {
        RdmaSupport off = new RdmaSupport(false, "DiSNI isn't on the class path: add com.ibm.disni:disni:2.1");
        shouldPrint(run(new FakeMachine(root).library(off), "--protocol", "rdma"), "no-rdma-wanted.txt", 1);
    }

    @Test
    void shouldFindNothingWrongWhenErdmaIsInStandardMode() throws IOException {
        shouldPrint(run(standard(), "--protocol", "rdma", "--segment-size", "32GB"), "erdma-standard.txt", 0);
    }

    @Test
    void shouldFindEachNicsOwnGidWhenErdmaIsInCompatMode() throws IOException {
        shouldPrint(
                run(compat("0.2.38", "1.5.7"), "--protocol", "rdma", "--segment-size", "200GB"), "erdma-compat.txt", 0);
    }

    @Test
    void shouldSayOfEachWhatToDoWhenMuchIsWrong() throws IOException {
        FakeMachine machine = compat("0.2.34", "1.5.5")
                .downPort(1)
                .limits("1024", "65536")
                .space(64L << 20, 64L << 20)
                .file("/sys/module/smc/refcnt", "1")
                .file("/proc/sys/net/smc/tcp2smc", "1")
                .file("/sys/class/net/eth1/mtu", "1500")
                .trial(new RdmaTrialResult("connect a queue pair by rdma_cm: 10.0.0.7 can't be reached", 0, 0, 0, 0));
        shouldPrint(
                run(machine, "--protocol", "rdma", "--gid-index", "3", "--data-port", "30610"), "erdma-trouble.txt", 1);
    }

    @Test
    void shouldWarnOnlyWhenRdmaThatNobodyAskedForDoesNotWork() throws IOException {
        CapturedRun run = run(standard().limits("1048576", "65536"), "--gid-index", "5");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("warning  locked-memory 64 KB", "warning  gid-choice", "RDMA isn't asked for")
                .doesNotContain("problem  ");
    }

    /** As in a pod: Linux shows all devices, and the pod was given one. */
    @Test
    void shouldBeContentWhenOneOfTwoDevicesCanBeUsed() throws IOException {
        FakeMachine machine = compat("0.2.38", "1.5.7").withoutFile(0);

        CapturedRun run = run(machine, "--protocol", "rdma");

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains(
                        "warning  access        /dev/infiniband/uverbs0 isn't there",
                        "erdma_1 (10.0.1.7) would be used")
                .contains("warning  verbs         erdma_0 isn't shown by libibverbs");
    }

    @Test
    void shouldCallItAProblemWhenTheOnlyDeviceCanNotBeUsed() throws IOException {
        CapturedRun run = run(standard().withoutFile(0), "--protocol", "rdma");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("problem  access        /dev/infiniband/uverbs0 isn't there");
    }

    @Test
    void shouldLookAtTheBufferPoolWhenAClientIsMeant() throws IOException {
        CapturedRun run =
                run(standard().limits("1048576", "134217728").space(0, 0), "--client", "--protocol", "rdma", "--json");

        assertThat(run.exitCode()).as(run.out()).isZero();
        assertThat(run.out())
                .contains("128 MB (ulimit -l); to be registered: a buffer pool of 64 MB")
                .doesNotContain("a segment");
    }

    @Test
    void shouldBeOneObjectWhenJsonIsAskedFor() throws IOException {
        FakeMachine machine = compat("", "1.5.7").limits("1048576", "65536");
        CapturedRun run = run(machine, "--protocol", "rdma", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        Map<String, Object> result = run.json().get(0);
        assertThat(result).containsEntry("rdma_wanted", true).containsEntry("problems", 1);
        List<Map<String, Object>> findings = CapturedRun.objects(result.get("findings"));
        assertThat(findings)
                .anySatisfy(finding -> assertThat(finding)
                        .containsEntry("level", "problem")
                        .containsEntry("check", "locked-memory")
                        .containsKeys("found", "fix"));
    }
}
