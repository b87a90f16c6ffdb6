package io.mooncake4j.transfer.rdma.cm;

import java.io.IOException;

/** A queue pair could not be connected; the message says why and what to do. */
public final class CmException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Kind {
        /** The address leads nowhere from here. */
        ADDRESS,
        /** The address is known, but no way to it. */
        ROUTE,
        /** Something that speaks RDMA is there and said no. */
        REJECTED,
        /** The peer gave no answer, by the word of rdma_cm. */
        UNREACHABLE,
        /** No answer before our deadline. */
        TIMED_OUT,
        /** Our side failed, or its device went. */
        LOCAL
    }

    private final Kind kind;

    CmException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
