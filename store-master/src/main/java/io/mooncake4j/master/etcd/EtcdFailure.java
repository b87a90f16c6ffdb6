package io.mooncake4j.master.etcd;

import io.grpc.Status;
import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * A failed call.
 *
 * @param told to the caller
 * @param next what to do before that
 */
record EtcdFailure(EtcdException told, Next next) {
    enum Next {
        /** The connection is fine. */
        TELL,
        /** Later calls had better use another connection. */
        TELL_AND_MOVE,
        /** Nobody took the call, so that another endpoint may be asked. */
        ASK_ANOTHER,
        /** What etcd gave for the password, if anything, is worth nothing any more; it did nothing else. */
        LOG_IN_AGAIN
    }

    private static final String NO_LEADER = "etcdserver: no leader";
    private static final String TOKEN_INVALID = "etcdserver: invalid auth token";
    private static final String TOKEN_OLD = "etcdserver: revision of auth store is old";
    private static final String NO_SPACE = "database space exceeded";
    private static final String COMPACTED = "required revision has been compacted";
    private static final String NO_LEASE = "requested lease not found";
    private static final String NO_USER = "etcdserver: user name is empty";

    static EtcdFailure of(URI endpoint, Throwable failure) {
        Throwable cause = EtcdException.unwrapped(failure);
        if (cause instanceof EtcdException told) {
            return new EtcdFailure(told, Next.TELL);
        }
        return of(endpoint, Status.fromThrowable(cause), cause);
    }

    private static EtcdFailure of(URI endpoint, Status status, Throwable cause) {
        String said = status.getDescription() == null ? cause.toString() : status.getDescription();
        return switch (status.getCode()) {
            case UNAVAILABLE -> unavailable(endpoint, said, cause);
            case DEADLINE_EXCEEDED ->
                failure(
                        Kind.UNKNOWN_OUTCOME,
                        Next.TELL_AND_MOVE,
                        endpoint,
                        "no answer in time",
                        "is it overloaded, its disk slow, or its quorum lost? etcdctl endpoint status --cluster tells",
                        cause);
            case UNAUTHENTICATED, PERMISSION_DENIED -> denied(endpoint, said, cause);
            case RESOURCE_EXHAUSTED -> exhausted(endpoint, said, cause);
            case OUT_OF_RANGE ->
                said.contains(COMPACTED)
                        ? failure(Kind.COMPACTED, Next.TELL, endpoint, said, "read at a newer revision", cause)
                        : refused(endpoint, said, cause);
            case NOT_FOUND ->
                said.contains(NO_LEASE)
                        ? failure(Kind.LEASE_NOT_FOUND, Next.TELL, endpoint, said, "it has ended", cause)
                        : refused(endpoint, said, cause);
            case INVALID_ARGUMENT, FAILED_PRECONDITION, ALREADY_EXISTS, UNIMPLEMENTED, DATA_LOSS ->
                said.contains(NO_USER) || said.contains(TOKEN_OLD)
                        ? denied(endpoint, said, cause)
                        : refused(endpoint, said, cause);
            default -> {
                if (has(cause, ClosedChannelException.class)) { // sent while the connection was being closed
                    yield unavailable(endpoint, said, cause);
                }
                yield said.contains(TOKEN_INVALID)
                        ? denied(endpoint, said, cause)
                        : failure(Kind.UNKNOWN_OUTCOME, Next.TELL_AND_MOVE, endpoint, said, "see etcd's log", cause);
            }
        };
    }

    private static EtcdFailure unavailable(URI endpoint, String said, Throwable cause) {
        boolean handshake = has(cause, SSLHandshakeException.class)
                || has(cause, SSLPeerUnverifiedException.class)
                || has(cause, CertificateException.class);
        if (handshake) {
            return failure(
                    Kind.DENIED,
                    Next.ASK_ANOTHER,
                    endpoint,
                    "no TLS connection: " + deepest(cause),
                    "check --etcd-tls-ca, --etcd-tls-cert and --etcd-tls-key, and that etcd's certificate names this host",
                    cause);
        }
        if (has(cause, ConnectException.class)
                || has(cause, UnknownHostException.class)
                || has(cause, UnresolvedAddressException.class)) {
            return failure(
                    Kind.UNKNOWN_OUTCOME,
                    Next.ASK_ANOTHER,
                    endpoint,
                    "no connection: " + deepest(cause),
                    "is etcd up, and --etcd-endpoints right?",
                    cause);
        }
        return said.contains(NO_LEADER)
                ? failure(
                        Kind.UNKNOWN_OUTCOME,
                        Next.ASK_ANOTHER,
                        endpoint,
                        said,
                        "a majority of its members must be up and reach each other",
                        cause)
                : failure(
                        Kind.UNKNOWN_OUTCOME,
                        Next.TELL_AND_MOVE,
                        endpoint,
                        "the connection broke: " + (has(cause, SSLException.class) ? deepest(cause) : said),
                        "is etcd up, and is " + endpoint.getScheme() + " right?",
                        cause);
    }

    private static EtcdFailure denied(URI endpoint, String said, Throwable cause) {
        // without a name: who has one logged in when none was needed
        boolean again = said.contains(TOKEN_INVALID) || said.contains(TOKEN_OLD) || said.contains(NO_USER);
        return failure(
                Kind.DENIED,
                again ? Next.LOG_IN_AGAIN : Next.TELL,
                endpoint,
                said,
                "check --etcd-user, --etcd-password-file and that user's role (etcdctl user get NAME --detail)",
                cause);
    }

    private static EtcdFailure exhausted(URI endpoint, String said, Throwable cause) {
        if (said.contains(NO_SPACE)) {
            return failure(Kind.NO_SPACE, Next.TELL, endpoint, said, noSpaceHelp(endpoint), cause);
        }
        return said.contains("too many requests")
                ? failure(Kind.UNKNOWN_OUTCOME, Next.TELL, endpoint, said, "it is overloaded: try later", cause)
                : refused(endpoint, said, cause);
    }

    /** What an operator has to do when etcd has reached its quota. */
    static String noSpaceHelp(URI endpoint) {
        String etcdctl = "etcdctl --endpoints " + endpoint + " ";
        return "start etcd with a larger --quota-backend-bytes, or '" + etcdctl + "compact REVISION' and '" + etcdctl
                + "defrag'; then '" + etcdctl + "alarm disarm'";
    }

    private static EtcdFailure refused(URI endpoint, String said, Throwable cause) {
        return failure(
                Kind.REFUSED,
                Next.TELL,
                endpoint,
                said,
                "etcd 3.4 or later with its default limits is expected",
                cause);
    }

    private static EtcdFailure failure(Kind kind, Next next, URI endpoint, String what, String fix, Throwable cause) {
        return new EtcdFailure(new EtcdException(kind, "etcd at " + endpoint + ": " + what + "; " + fix, cause), next);
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return true;
            }
        }
        return false;
    }

    private static String deepest(Throwable failure) {
        Throwable each = failure;
        while (each.getCause() != null) {
            each = each.getCause();
        }
        return each.getMessage() == null ? each.toString() : each.getMessage();
    }
}
