package io.mooncake4j.master.service;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/** A field that says how long its content is. */
final class Delimited {
    private Delimited() {}

    /** Of tag, length and content. */
    static int sizeBytes(int field, int contentBytes) {
        return CodedOutputStream.computeTagSize(field)
                + CodedOutputStream.computeUInt32SizeNoTag(contentBytes)
                + contentBytes;
    }

    /** The content must follow. */
    static void begin(CodedOutputStream out, int field, int contentBytes) throws IOException {
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt32NoTag(contentBytes);
    }
}
