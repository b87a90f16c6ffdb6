package io.mooncake4j.transfer.server;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;

/**
 * A way for clients to reach the memory past this node's threads. What goes on there is seen by nobody, so its session
 * counts as always writing, and its cut is over only when {@link Passage#close} has returned (S2, S3). Safe for all
 * threads.
 */
public interface DirectAccess {
    /**
     * Lets one session in, whose token has been verified.
     *
     * @param lanes how many ways side by side the client asks for, at least 1
     * @param end ends the session's connection, which closes the passage: to be called when a lane is lost; doesn't block
     * @throws StoreException with the reason: NOT_SUPPORTED if this node has no such way, OVERLOADED if no lane is left
     */
    Passage open(int lanes, Runnable end);

    /** No way but over the connection. */
    static DirectAccess none(String why) {
        return (lanes, end) -> {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, why);
        };
    }

    /** One session's way in, owned by the thread of its connection. */
    interface Passage extends AutoCloseable {
        /** What the client must know to come. */
        byte[] offer();

        /**
         * Waits until the client has come by all lanes; for some seconds at the longest.
         *
         * @return what it must know to use the memory
         * @throws StoreException RPC_TIMEOUT if it hasn't come in time
         * @throws IOException if it came and failed, or the passage was abandoned
         */
        byte[] awaitReady() throws IOException;

        /** Makes {@link #awaitReady} end soon. Any thread; doesn't block. */
        void abandon();

        /** Returns when nothing reaches the memory by it any more. Idempotent. */
        @Override
        void close();
    }
}
