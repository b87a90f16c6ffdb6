package io.mooncake4j.master.etcd;

import java.util.concurrent.CompletionException;

/** A call to etcd failed. */
public final class EtcdException extends RuntimeException {
    /** Why. */
    public enum Kind {
        /** No answer in time, no connection, or no etcd leader: it may have taken effect, or may still. */
        UNKNOWN_OUTCOME(true),
        /** The database is as large as its quota: etcd takes no writes until it was compacted, defragmented, disarmed. */
        NO_SPACE(false),
        /** The asked revision is forgotten. */
        COMPACTED(false),
        LEASE_NOT_FOUND(false),
        /** User, password, certificate or permission is wrong. */
        DENIED(false),
        /** etcd refuses it, and will again. */
        REFUSED(false),
        /** This client was closed. */
        CLOSED(true);

        private final boolean mayHaveHappened;

        Kind(boolean mayHaveHappened) {
            this.mayHaveHappened = mayHaveHappened;
        }
    }

    private static final long serialVersionUID = 1;

    private final Kind kind;

    public EtcdException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public EtcdException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What a future of {@link Etcd} failed with. */
    public static EtcdException of(Throwable failure) {
        Throwable cause = unwrapped(failure);
        return cause instanceof EtcdException known ? known : new EtcdException(Kind.REFUSED, cause.toString(), cause);
    }

    /** What a future failed with, without what futures wrap it into. */
    public static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    public Kind kind() {
        return kind;
    }

    /** Whether the call may have taken effect all the same. */
    public boolean mayHaveHappened() {
        return kind.mayHaveHappened;
    }
}
