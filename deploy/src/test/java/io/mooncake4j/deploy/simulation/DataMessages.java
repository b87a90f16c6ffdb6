package io.mooncake4j.deploy.simulation;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.util.UUID;

/** What goes over a data connection, piece by piece, as {@code TcpFormat} has it. */
final class DataMessages {
    private DataMessages() {}

    record Hello(UUID client, long generation, long processNonce) {}

    record HelloAnswer(ErrorCode status) {}

    /**
     * The head of a request.
     *
     * @param owner per operation, the grant or object; not on the wire, for the checks alone
     * @param forged whether nobody granted this
     */
    record Request(
            AccessToken token,
            AccessToken.Mode mode,
            int[] ranges,
            long[] offsets,
            long[] lengths,
            long[] owners,
            int op,
            boolean forged) {
        int ops() {
            return ranges.length;
        }

        /** The same, seen at one of its operations. */
        Request at(int index) {
            return new Request(token, mode, ranges, offsets, lengths, owners, index, forged);
        }

        long owner() {
            return owners[op];
        }
    }

    /** A piece of the payload, in either direction. */
    record Piece(byte[] bytes) {}

    /** The answer to an operation, or, with {@link #ALL_OPS}, to all of a request. */
    record Answer(int op, ErrorCode status) {}

    static final int ALL_OPS = -1;

    /** The stream ends here. */
    record End() {}
}
