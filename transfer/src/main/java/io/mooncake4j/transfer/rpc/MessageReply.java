package io.mooncake4j.transfer.rpc;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import java.io.IOException;

/** A message of protobuf's as an answer. */
record MessageReply(MessageLite message) implements ReplyBody {
    @Override
    public int sizeBytes() {
        return message.getSerializedSize();
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
        message.writeTo(out);
    }
}
