package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.settings.Setting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    private static final byte[] NO_INPUT = {};

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "dance",
                "--dance",
                "put",
                "put key",
                "put key file more",
                "put key file --prefix p",
                "put key - other -",
                "put --from-dir /no/such/directory",
                "put --from-dir . key file",
                "put key file --parallel 0",
                "get",
                "get one two",
                "get one --json",
                "get one --prefix p",
                "get one --to-dir d --prefix p",
                "get --to-dir d",
                "get one -o f --to-dir d",
                "stat key --node n",
                "completion",
                "completion fish",
                "master --config /no/such/file",
                "exists",
                "rm",
                "rm key --all",
                "rm --regex a --all",
                "ls --dance",
                "master --rpc-port 70000",
                "master --journal disk",
                "master --eviction-high-watermark 0.5",
                "master --node-offline 5s",
                "node --segment-size 4XB",
                "node --memory disk",
                "node --on-stop stay",
                "ls --master localhost",
                "ls --timeout 10",
                "replay --realtime --fast",
                "doctor --gid-index four",
                "doctor erdma_0",
                "replay --bytes-per-token 3MB",
                "replay --clients 0",
                "replay --capacity-ratio 1.5",
                "bench dance",
                "bench --size 0",
                "bench --duration soon"
            })
    void shouldSayWrongUsageInOneLineWhenArgumentsAreWrong(String line) {
        CapturedRun run = CapturedRun.of(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(2).first().asString().startsWith("mooncake4j: ");
        assertThat(run.err().lines().toList().get(1)).contains("--help");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "master --read-lease 0, '--read-lease: ''0'' is not a duration from 100ms to 1h'",
        "master --read-lease 61m, '--read-lease: ''61m'' is not a duration from 100ms to 1h'",
        "master --write-grant 99ms, '--write-grant: ''99ms'' is not a duration from 100ms to 1h'",
        "master --node-suspect 0, '--node-suspect: ''0'' is not a duration from 100ms to 168h'",
        "master --node-suspect 30s, --node-suspect 30s must be below --node-offline 30s",
        "master --node-offline 10m, --node-offline 10m must be below --node-dropped 10m",
        "master --eviction-low-watermark 0.9, --eviction-low-watermark 0.9 must be below --eviction-high-watermark 0.9",
        "master --eviction-low-watermark 0, '--eviction-low-watermark: ''0'' is not a ratio above 0 and at most 1'",
        "master --eviction-high-watermark NaN, '--eviction-high-watermark: ''NaN'' is not a ratio above 0 and at most"
                + " 1'",
        "master --journal disk, '--journal: ''disk'' is not one of memory, etcd'",
        "master --journal etcd --etcd-endpoints ftp://a, '--etcd-endpoints: ''ftp://a'' is not an etcd endpoint'",
        "'master --journal etcd --etcd-endpoints http://a,https://b', use either http or https for all",
        "master --journal etcd --etcd-tls-ca /nowhere/ca, --etcd-tls-ca /nowhere/ca: no such file",
        "master --journal etcd --etcd-tls-ca pom.xml, TLS files for etcd are given",
        "master --journal etcd --etcd-user u, etcd user u has no password",
        "master --journal etcd --etcd-password-file pom.xml, no user: set --etcd-user",
        "master --journal etcd --etcd-prefix /ä, only printable ASCII",
        "master --journal etcd --cluster-secret-file /dev/null, at least 32 are needed",
        "master --journal etcd --advertise here, 'write host:port'",
        "master --journal etcd --etcd-endpoints http://nobody.invalid, set --advertise",
        "master --journal etcd --leader-lease 1s, '--leader-lease: ''1s'' is not a duration from 2s to 1m'",
        "master --journal etcd --etcd-request-timeout 2001ms, '--etcd-request-timeout 2001ms: at most 2s with"
                + " --leader-lease 5s'",
        "master --journal etcd --etcd-request-timeout 1s --leader-lease 2s, at most 500ms with --leader-lease 2s",
        "node --segment-size 63, '--segment-size: ''63'' is not a size of at least 64'",
        "node --data-port 0, a node on any free port needs a name: set --name",
        "node --memory anonymous --on-stop suspend, anonymous memory ends with the process and can't be suspended"
    })
    void shouldNameFlagValueAndRangeWhenAValueIsNonsense(String line, String reason) {
        CapturedRun run = CapturedRun.of(line.split(" "));

        assertThat(run.exitCode()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(reason);
    }

    @Test
    void shouldNotStartAMasterWhenTheAdminPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String line = "master --bind-host 127.0.0.1 --rpc-port 0 --admin-port " + taken.getLocalPort();

            CapturedRun run = CapturedRun.of(line.split(" "));

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("HTTP on 127.0.0.1:" + taken.getLocalPort(), "--admin-port");
        }
    }

    @Test
    void shouldRefuseATokenFileWhenItHoldsNoToken(@TempDir Path directory) throws Exception {
        Path empty = Files.writeString(directory.resolve("empty"), "\n");

        CapturedRun run = CapturedRun.of("master", "--bind-host", "127.0.0.1", "--admin-token-file", empty.toString());

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--admin-token-file " + empty, "holds no token");
    }

    @Test
    void shouldWarnOfSettingsOfEtcdWhenTheJournalIsInMemory() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CapturedRun run = CapturedRun.of(
                    Map.of("MOONCAKE4J_ETCD_USER", "u"),
                    NO_INPUT,
                    "master",
                    "--bind-host",
                    "127.0.0.1",
                    "--rpc-port",
                    Integer.toString(taken.getLocalPort()),
                    "--durability",
                    "sync");
            assertThat(run.err())
                    .containsOnlyOnce(
                            "warning: --etcd-user, --durability: without effect, since --journal is memory; set it to"
                                    + " etcd");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"master", "node", "put", "get", "exists", "rm", "ls", "stat", "top", "bench", "replay", "doctor"
            })
    void shouldTeachWhenAskedForHelp(String command) {
        CapturedRun run = CapturedRun.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("NAME", "SYNOPSIS", "EXAMPLES", "EXIT STATUS", "  mooncake4j " + command, "--print-config");
    }

    @Test
    void shouldNameFlagAndVariableOfEverySettingWhenAskedForHelp() {
        String help = CapturedRun.of("node", "--help").out().replace("--[no-]", "--");

        for (Setting<?> setting : NodeSettings.ALL) {
            assertThat(help).contains(setting.flag());
            for (Setting.Variable variable : setting.variables()) {
                assertThat(help).contains(variable.name());
            }
        }
        assertThat(CapturedRun.of("--help").out()).contains("EXIT STATUS").contains("replay");
    }

    @Test
    void shouldShowValueAndSourceWhenAskedForTheConfiguration() {
        Map<String, String> environment = Map.of(
                "MOONCAKE_GLOBAL_SEGMENT_SIZE", "3355443200",
                "MOONCAKE4J_ON_STOP", "leave",
                "MOONCAKE_MASTER", "10.0.0.1:50051,10.0.0.2:50051");

        CapturedRun run = CapturedRun.of(environment, NO_INPUT, "node", "--data-port=60000", "--print-config");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "setting value source",
                        "segment-size 3200MB environment MOONCAKE_GLOBAL_SEGMENT_SIZE",
                        "on-stop leave environment MOONCAKE4J_ON_STOP",
                        "master 10.0.0.1:50051,10.0.0.2:50051 environment MOONCAKE_MASTER",
                        "data-port 60000 flag --data-port",
                        "log-level INFO default");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--no-checksums", "--checksums"})
    void shouldPreferTheFlagOfASwitchWhenTheEnvironmentSaysOtherwise(String flag) {
        boolean on = flag.equals("--checksums");
        Map<String, String> environment = Map.of("MOONCAKE_STORE_CHECKSUM", on ? "0" : "1");

        CapturedRun run = CapturedRun.of(environment, NO_INPUT, "replay", flag, "--print-config");

        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains("checksums " + (on ? "on" : "off") + " flag --checksums");
    }

    @Test
    void shouldPreferFlagThenEnvironmentThenFileWhenAllGiveAValue(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("conf.yaml"),
                "# shared\nsegment-size: 1GB\ndata-port: 1\nname: from-file\nrpc-port: 7\n");
        Map<String, String> environment = Map.of(
                "MOONCAKE4J_CONFIG", file.toString(), "MOONCAKE4J_SEGMENT_SIZE", "2GB", "MOONCAKE4J_DATA_PORT", "2");

        CapturedRun run = CapturedRun.of(environment, NO_INPUT, "node", "--data-port", "3", "--print-config");

        assertThat(run.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "data-port 3 flag --data-port",
                        "segment-size 2GB environment MOONCAKE4J_SEGMENT_SIZE",
                        "name from-file " + file + ":4",
                        "on-stop auto default");
    }

    @Test
    void shouldNameLineKeyValueAndRangeWhenAFileIsWrong(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("conf.yaml");
        String config = file.toString();

        Files.writeString(file, "name: n\nsegmnt-size: 4GB\n");
        CapturedRun typo = CapturedRun.of("node", "--config", config);
        Files.writeString(file, "\nread-lease: 2h\n");
        CapturedRun value = CapturedRun.of("master", "--config", config);

        assertThat(typo.exitCode()).isEqualTo(2);
        assertThat(typo.err()).contains(file + ":2: unknown key 'segmnt-size'; did you mean 'segment-size'?");
        assertThat(value.exitCode()).isEqualTo(2);
        assertThat(value.err()).contains(file + ":2: read-lease: '2h' is not a duration from 100ms to 1h");
    }

    @Test
    void shouldWarnWhenAFileOfMooncakesHasWhatMeansNothingHere(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("mooncake.json"),
                "{\"metadata_server\": \"P2PHANDSHAKE\",\n\"master_server_address\": \"127.0.0.1:1\"}");

        CapturedRun run = CapturedRun.of(
                Map.of("MOONCAKE_CONFIG_PATH", file.toString()), NO_INPUT, "exists", "key", "--timeout", "200ms");

        assertThat(run.err())
                .contains("warning: " + file + ":1: metadata_server has no effect")
                .contains("127.0.0.1:1");
    }

    @Test
    void shouldPrintTheConfigurationAsJsonWhenAsked() {
        assertThat(CapturedRun.of("ls", "--print-config", "--json").json())
                .contains(Map.of("setting", "tenant", "value", "default", "source", "default"));
    }

    @Test
    void shouldNotWarnWhenVariablesAreTheLaunchers() {
        CapturedRun run = CapturedRun.of(
                Map.of("MOONCAKE4J_HEAP", "1g", "MOONCAKE4J_JAVA_OPTS", "-Dx=y"),
                NO_INPUT,
                "exists",
                "key",
                "--master",
                "127.0.0.1:1",
                "--timeout",
                "200ms");

        assertThat(run.err()).doesNotContain("warning");
    }

    @Test
    void shouldNameTheVariableWhenItsValueIsWrong() {
        CapturedRun run = CapturedRun.of(Map.of("MOONCAKE4J_SEGMENT_SIZE", "big"), NO_INPUT, "node");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("MOONCAKE4J_SEGMENT_SIZE").contains("'big'");
    }

    @Test
    void shouldFailInOneLineAndWarnOfUselessVariablesWhenThereIsNoMaster() {
        Map<String, String> environment = Map.of("MC_GID_INDEX", "1", "MOONCAKE4J_SEGMNT_SIZE", "1GB");

        CapturedRun run =
                CapturedRun.of(environment, NO_INPUT, "exists", "key", "--master", "127.0.0.1:1", "--timeout", "300ms");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err().lines()).hasSize(2);
        assertThat(run.err().lines().toList().get(0)).contains("warning", "MC_GID_INDEX", "MOONCAKE4J_SEGMNT_SIZE");
        assertThat(run.err().lines().toList().get(1)).contains("127.0.0.1:1").contains("mooncake4j master");
    }

    @Test
    void shouldSayWhichFileWhenItDoesNotExist() {
        CapturedRun run = CapturedRun.of("put", "key", "/no/such/file");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isEqualTo("mooncake4j put: /no/such/file: no such file" + System.lineSeparator());
    }

    @Test
    void shouldSayVersionAndJavaWhenAsked() {
        assertThat(CapturedRun.of("--version").out()).contains("mooncake4j").contains("Java 17".substring(0, 4));
    }
}
