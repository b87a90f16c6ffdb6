package io.mooncake4j.transfer.rpc;

import com.google.protobuf.InvalidProtocolBufferException;

/** Reads a request where it lies. */
@FunctionalInterface
public interface BodyReader {
    /**
     * @param body the request from its first byte on; not to be changed, nor looked at once the call is answered: the next
     *     request comes to lie there
     */
    void read(byte[] body, int bodyBytes) throws InvalidProtocolBufferException;
}
