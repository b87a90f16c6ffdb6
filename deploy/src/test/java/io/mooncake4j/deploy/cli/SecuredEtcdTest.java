package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.master.etcd.EtcdOptions;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.etcd.EtcdUsers;
import io.mooncake4j.master.etcd.TestCertificates;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An etcd that asks for a certificate and a password, as settings name them. */
class SecuredEtcdTest {
    /** Etcd takes its time to check a password. */
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    @TempDir
    Path directory;

    private static CapturedRun run(Map<String, String> environment, String... arguments) {
        return CapturedRun.of(environment, new byte[0], arguments);
    }

    @Test
    void shouldLeadAndCheckOnlyWithCertificateAndPasswordWhenEtcdAsksForThem() throws Exception {
        TestCertificates ours = new TestCertificates(directory, "ours");
        Path password = Files.writeString(directory.resolve("password"), EtcdUsers.PASSWORD + "\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "wrong\n");
        try (EtcdProcess server = EtcdProcess.plan()
                .tls(ours.ca(), ours.certificate("server"), ours.key("server"))
                .start()) {
            EtcdOptions options = server.options()
                    .tlsCa(ours.ca())
                    .tlsClient(ours.certificate("client"), ours.key("client"))
                    .user(EtcdUsers.USER)
                    .passwordFile(password)
                    .requestTimeout(PATIENCE)
                    .build();
            EtcdUsers.switchOn(options);
            Map<String, String> environment = new HashMap<>();
            environment.put("MOONCAKE4J_ETCD_ENDPOINTS", server.endpoint().toString());
            environment.put("MOONCAKE4J_ETCD_TLS_CA", ours.ca().toString());
            environment.put(
                    "MOONCAKE4J_ETCD_TLS_CERT", ours.certificate("client").toString());
            environment.put("MOONCAKE4J_ETCD_TLS_KEY", ours.key("client").toString());
            environment.put("MOONCAKE4J_ETCD_USER", EtcdUsers.USER);
            environment.put("MOONCAKE4J_ETCD_PASSWORD_FILE", password.toString());
            environment.put("MOONCAKE4J_ETCD_REQUEST_TIMEOUT", PATIENCE.toSeconds() + "s");
            try (MasterServer master = MasterServer.start(MasterOptions.defaults()
                    .withAddress("127.0.0.1", 0)
                    .withTimes(MasterTimes.defaults().withReadLease(Duration.ofMillis(200)))
                    .withCluster(
                            new ClusterOptions(options, "127.0.0.1:0", Duration.ofSeconds(20), true, new byte[0])))) {
                await().atMost(Duration.ofSeconds(30)).until(master::serves);

                CapturedRun sound = run(environment, "metadata", "check");
                assertThat(sound.exitCode()).as(sound.out() + sound.err()).isZero();
                assertThat(sound.out()).contains("127.0.0.1:" + master.port(), "nothing is wrong");

                CapturedRun stranger = run(environment, "metadata", "check", "--etcd-password-file", wrong.toString());
                assertThat(stranger.exitCode()).isEqualTo(1);
                assertThat(stranger.err()).contains("invalid user ID or password", "--etcd-password-file");

                environment.remove("MOONCAKE4J_ETCD_TLS_CA");
                CapturedRun trusting = run(environment, "metadata", "check");
                assertThat(trusting.exitCode()).isEqualTo(1);
                assertThat(trusting.err()).contains("no TLS connection", "--etcd-tls-ca");
            }
        }
    }
}
