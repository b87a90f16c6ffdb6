package io.mooncake4j.master.etcd;

import static io.mooncake4j.master.etcd.EtcdBehaviour.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthEnableRequest;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthRoleAddRequest;
import io.etcd.jetcd.api.AuthRoleGrantPermissionRequest;
import io.etcd.jetcd.api.AuthUserAddRequest;
import io.etcd.jetcd.api.AuthUserGrantRoleRequest;
import io.etcd.jetcd.api.Permission;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
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

    /** root and a user who may touch /mooncake4j/ only. */
    private static void switchAuthenticationOn(EtcdProcess server) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", server.endpoint().getPort())
                .usePlaintext()
                .build();
        try {
            AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
            auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName("root")
                    .setPassword("root's")
                    .build());
            auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName("mooncake")
                    .setPassword("secret")
                    .build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
            auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("ours").build());
            auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                    .setName("ours")
                    .setPerm(Permission.newBuilder()
                            .setPermType(Permission.Type.READWRITE)
                            .setKey(ByteString.copyFromUtf8("/mooncake4j/"))
                            .setRangeEnd(ByteString.copyFromUtf8("/mooncake4j0")))
                    .build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser("root")
                    .setRole("root")
                    .build());
            auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser("mooncake")
                    .setRole("ours")
                    .build());
            auth.authEnable(AuthEnableRequest.getDefaultInstance());
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void shouldLetInWhoKnowsThePasswordWhenAuthenticationIsOn() throws Exception {
        try (EtcdProcess server = EtcdProcess.start()) {
            switchAuthenticationOn(server);
            Path password = Files.writeString(directory.resolve("password"), "secret\n");
            EtcdOptions right =
                    options(server).user("mooncake").passwordFile(password).build();
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
            assertThat(failure(
                            options(server).user("mooncake").password("wrong").build()))
                    .hasMessageContainingAll("invalid user ID or password", fix)
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(server.options().build()))
                    .hasMessageContainingAll("user name is empty", fix)
                    .extracting(EtcdException::kind)
                    .isEqualTo(Kind.DENIED);
            assertThat(failure(options(server)
                            .prefix("/elsewhere/")
                            .user("mooncake")
                            .password("secret")
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
