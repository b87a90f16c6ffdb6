package io.mooncake4j.master.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.mooncake4j.master.etcd.EtcdException.Kind;
import io.mooncake4j.master.etcd.EtcdFailure.Next;
import io.netty.handler.ssl.NotSslRecordException;
import java.net.ConnectException;
import java.net.URI;
import java.security.cert.CertificateException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broken connection says about the call that was on it. */
class EtcdFailureTest {
    private static EtcdFailure failure(Status status, Throwable cause) {
        return EtcdFailure.of(
                URI.create("https://etcd.example:2379"),
                new CompletionException(status.withCause(cause).asRuntimeException()));
    }

    static Stream<Exception> beforeACallCouldBeSent() {
        return Stream.of(
                new SSLHandshakeException("PKIX path building failed"),
                new SSLPeerUnverifiedException("another host"),
                new SSLException("wrapped", new SSLHandshakeException("bad_certificate")),
                new SSLException("wrapped", new CertificateException("No subject alternative names")));
    }

    @ParameterizedTest
    @MethodSource("beforeACallCouldBeSent")
    void shouldAskAnotherWhenTheHandshakeFailed(Exception cause) {
        EtcdFailure failure = failure(Status.UNAVAILABLE, cause);
        assertThat(failure.next()).isEqualTo(Next.ASK_ANOTHER);
        assertThat(failure.told().kind()).isEqualTo(Kind.DENIED);
        assertThat(failure.told()).hasMessageContainingAll("no TLS connection", "--etcd-tls-ca");
    }

    static Stream<Exception> perhapsAfterACallWasSent() {
        return Stream.of(
                new SSLException("Received fatal alert: bad_record_mac"),
                new SSLException("closing inbound before receiving peer's close_notify"),
                new NotSslRecordException("not an SSL/TLS record: 485454502f"));
    }

    @ParameterizedTest
    @MethodSource("perhapsAfterACallWasSent")
    void shouldNotKnowTheOutcomeWhenTlsBreaksLater(Exception cause) {
        EtcdFailure failure = failure(Status.UNAVAILABLE.withDescription("io exception"), cause);
        assertThat(failure.next()).isEqualTo(Next.TELL_AND_MOVE);
        assertThat(failure.told().mayHaveHappened()).isTrue();
        assertThat(failure.told())
                .hasMessageContainingAll("the connection broke: " + cause.getMessage(), "is https right?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection refused", "connection timed out: etcd.example/10.0.0.1:2379"})
    void shouldAskAnotherWhenThereWasNoConnection(String words) {
        EtcdFailure failure = failure(Status.UNAVAILABLE, new ConnectException(words));
        assertThat(failure.next()).isEqualTo(Next.ASK_ANOTHER);
        assertThat(failure.told()).hasMessageContaining(words);
    }
}
