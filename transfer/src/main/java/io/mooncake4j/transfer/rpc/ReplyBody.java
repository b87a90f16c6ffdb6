package io.mooncake4j.transfer.rpc;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;

/** An answer that encodes itself as a protobuf message, before the call to {@link RpcCall#reply(ReplyBody)} returns. */
public interface ReplyBody {
    /** How many bytes {@link #writeTo} writes, exactly. */
    int sizeBytes();

    void writeTo(CodedOutputStream out) throws IOException;
}
