package io.mooncake4j.master.etcd;

import static io.mooncake4j.master.etcd.EtcdBehaviour.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import io.mooncake4j.transfer.wire.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call etcd: passwords, roles and certificates. */
class JetcdEtcdAccessIT {
    @TempDir
    Path directory;

    /** Etcd takes its time to check a password, on a busy machine more than a request's usual time-out. */
    private static EtcdOptions.Builder options(EtcdProcess server) {
        return server.options().requestTimeout(Duration.ofSeconds(20));
    }

    private static EtcdException failure(EtcdOptions options) {
        try (JetcdEtcd etcd = JetcdEtcd.open(options)) {
            return failure(etcd.txn(new EtcdTxn().put("a", bytes("1"))));
        }
    }

    private static EtcdException failure(CompletableFuture<?> call) {
        try {
            call.orTimeout(30, TimeUnit.SECONDS).join();
            throw new AssertionError("it succeeded");
        } catch (CompletionException e) {
            return (EtcdException) e.getCause();
        }
    }

    private static void assertWorks(JetcdEtcd etcd) {
        etcd.txn(new EtcdTxn().put("a", bytes("1")))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
        assertThat(etcd.range(EtcdRangeQuery.key("a")).join().entries()).hasSize(1);
    }

    @Test
    void shouldLetInWhoKnowsThePasswordWhenAuthenticationIsOn() throws Exception {
        try (EtcdProcess server = EtcdProcess.start()) {
            EtcdUsers.switchOn(options(server).build());
            Path password = Files.writeString(directory.resolve("password"), EtcdUsers.PASSWORD + "\n");
            EtcdOptions right =
                    options(server).user(EtcdUsers.USER).passwordFile(password).build();
            try (JetcdEtcd etcd = JetcdEtcd.open(right)) {
                assertWorks(etcd);
                assertThat(etcd.health().join().foreignKeys())
                        .as("what this user may not see may be there")
                        .isTrue();
                server.terminate(); // which forgets who has logged in
                server.restart();
                assertWorks(etcd);
            }
            String fix = "check --etcd-user, --etcd-password-file";
            assertThat(failure(options(server)
                            .user(EtcdUsers.USER)
                            .password("wrong")
                            .build()))
                    .hasMessageContainingAll("invalid user ID or password", fix)
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(server.options().build()))
                    .hasMessageContainingAll("user name is empty", fix)
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(options(server)
                            .prefix("/elsewhere/")
                            .user(EtcdUsers.USER)
                            .password(EtcdUsers.PASSWORD)
                            .build()))
                    .hasMessageContainingAll("permission denied", fix)
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
        }
    }

    @Test
    void shouldLetInWithAPasswordWhenNoneIsNeeded() {
        try (EtcdProcess server = EtcdProcess.start();
                JetcdEtcd etcd = JetcdEtcd.open(
                        server.options().user("anybody").password("any").build())) {
            assertWorks(etcd);
        }
    }

    @Test
    void shouldLogInWhenAuthenticationIsSwitchedOnUnderIt() {
        try (EtcdProcess server = EtcdProcess.start()) {
            shouldLogInWhenAuthenticationIsSwitchedOn(options(server));
        }
    }

    @Test
    void shouldLogInWhenAuthenticationIsSwitchedOnAndEtcdTakesItsCertificateForTheUser() throws Exception {
        TestCertificates ours = new TestCertificates(directory, "ours");
        try (EtcdProcess server = EtcdProcess.plan()
                .tls(ours.ca(), ours.certificate("server"), ours.key("server"))
                .start()) {
            shouldLogInWhenAuthenticationIsSwitchedOn(
                    options(server).tlsCa(ours.ca()).tlsClient(ours.certificate("client"), ours.key("client")));
        }
    }

    private static void shouldLogInWhenAuthenticationIsSwitchedOn(EtcdOptions.Builder options) {
        EtcdOptions right =
                options.user(EtcdUsers.USER).password(EtcdUsers.PASSWORD).build();
        try (JetcdEtcd etcd = JetcdEtcd.open(right)) {
            assertWorks(etcd);
            EtcdUsers.switchOn(right);
            assertWorks(etcd);
        }
    }

    @Test
    void shouldLetInWhoHasACertificateWhenTlsIsOn() throws Exception {
        TestCertificates ours = new TestCertificates(directory, "ours");
        TestCertificates others = new TestCertificates(directory, "others");
        try (EtcdProcess server = EtcdProcess.plan()
                .tls(ours.ca(), ours.certificate("server"), ours.key("server"))
                .start()) {
            Path certificate = ours.certificate("client");
            Path key = ours.key("client");
            EtcdOptions right = server.options()
                    .tlsCa(ours.ca())
                    .tlsClient(certificate, key)
                    .build();
            try (JetcdEtcd etcd = JetcdEtcd.open(right)) {
                assertWorks(etcd);
            }
            assertThat(failure(server.options()
                            .tlsCa(others.ca())
                            .tlsClient(certificate, key)
                            .build()))
                    .hasMessageContainingAll("no TLS connection", "--etcd-tls-ca")
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(server.options()
                            .tlsCa(ours.ca())
                            .tlsClient(certificate, key)
                            .authority("another.example")
                            .build()))
                    .hasMessageContainingAll("no TLS connection", "another.example")
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(server.options().tlsCa(ours.ca()).build()))
                    .hasMessageContaining("etcd at " + server.endpoint());
            assertThat(failure(EtcdOptions.builder()
                            .endpoints("http://127.0.0.1:" + server.endpoint().getPort())
                            .build()))
                    .hasMessageContaining("is http right?");
        }
    }

    @Test
    void shouldNameTheFileWhenATlsFileCannotBeUsed() throws Exception {
        TestCertificates ours = new TestCertificates(directory, "ours");
        EtcdOptions.Builder options = EtcdOptions.builder().endpoints("https://127.0.0.1:2379");
        Path none = directory.resolve("none");
        assertThatThrownBy(() -> JetcdEtcd.open(options.tlsCa(none).build()))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(none.toString(), "no such file");
        Path noKey = Files.writeString(directory.resolve("no-key"), "hello");
        Path certificate = ours.certificate("client");
        assertThatThrownBy(() -> JetcdEtcd.open(
                        options.tlsCa(ours.ca()).tlsClient(certificate, noKey).build()))
                .isInstanceOf(StoreException.class)
                .hasMessageContainingAll(noKey.toString(), "PKCS #8", "openssl pkcs8");
    }
}
