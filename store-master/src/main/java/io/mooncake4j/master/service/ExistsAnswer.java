package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import io.mooncake4j.transfer.rpc.ReplyBody;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.proto.ExistsResponse;
import java.io.IOException;

/** Encodes an {@link ExistsResponse}, key by key. For one thread, to be used again. */
final class ExistsAnswer implements ReplyBody {
    private final PackedColumn status = new PackedColumn();
    private final PackedColumn sizes = new PackedColumn();

    void begin() {
        status.clear();
        sizes.clear();
    }

    /** @param sizeBytes of the object, -1: there is none */
    void add(long sizeBytes) {
        status.zigZag((sizeBytes < 0 ? ErrorCode.OBJECT_NOT_FOUND : ErrorCode.OK).number());
        sizes.varint(Math.max(sizeBytes, 0));
    }

    @Override
    public int sizeBytes() {
        return status.sizeBytes(ExistsResponse.STATUS_FIELD_NUMBER)
                + sizes.sizeBytes(ExistsResponse.SIZES_FIELD_NUMBER);
    }

    @Override
    public void writeTo(CodedOutputStream out) throws IOException {
        status.writeTo(out, ExistsResponse.STATUS_FIELD_NUMBER);
        sizes.writeTo(out, ExistsResponse.SIZES_FIELD_NUMBER);
    }
}
