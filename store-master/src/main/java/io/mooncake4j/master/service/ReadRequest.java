package io.mooncake4j.master.service;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.mooncake4j.transfer.rpc.BodyReader;
import io.mooncake4j.transfer.wire.KeyColumn;
import io.mooncake4j.transfer.wire.proto.ExistsRequest;
import io.mooncake4j.transfer.wire.proto.GetReplicasRequest;
import io.mooncake4j.transfer.wire.proto.Keys;
import io.mooncake4j.transfer.wire.proto.Uuid;
import java.io.IOException;
import java.util.UUID;

/**
 * Decodes a {@link GetReplicasRequest} or an {@link ExistsRequest} as protobuf does, and leaves the keys where they lie. For
 * one thread, to be used again.
 */
final class ReadRequest implements BodyReader {
    private static final byte[] NOTHING = {};
    private static final int NO_TAG = 0;
    /** Messages and groups in each other, protobuf's own limit. */
    private static final int DEEPEST = 100;

    private static final int HI = tag(Uuid.HI_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
    private static final int LO = tag(Uuid.LO_FIELD_NUMBER, WireFormat.WIRETYPE_FIXED64);
    private static final int BYTES = tag(Keys.BYTES_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int LENGTHS = tag(Keys.LENGTHS_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    private static final int LENGTH = tag(Keys.LENGTHS_FIELD_NUMBER, WireFormat.WIRETYPE_VARINT);

    private final int clientTag;
    private final int tenantTag;
    private final int keysTag;
    private final int[] lengths;
    private byte[] array = NOTHING;
    private long clientHi;
    private long clientLo;
    private String tenant = "";
    private int keysAt;
    private int keysBytes;
    private int count;

    private ReadRequest(int clientTag, int tenantField, int keysField, int maxKeys) {
        this.clientTag = clientTag;
        this.tenantTag = tag(tenantField, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        this.keysTag = tag(keysField, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        this.lengths = new int[maxKeys];
    }

    static ReadRequest ofGet(int maxKeys) {
        return new ReadRequest(
                tag(GetReplicasRequest.CLIENT_FIELD_NUMBER, WireFormat.WIRETYPE_LENGTH_DELIMITED),
                GetReplicasRequest.TENANT_FIELD_NUMBER,
                GetReplicasRequest.KEYS_FIELD_NUMBER,
                maxKeys);
    }

    static ReadRequest ofExists(int maxKeys) {
        return new ReadRequest(NO_TAG, ExistsRequest.TENANT_FIELD_NUMBER, ExistsRequest.KEYS_FIELD_NUMBER, maxKeys);
    }

    private static int tag(int field, int type) {
        return field << 3 | type;
    }

    @Override
    public void read(byte[] body, int bodyBytes) throws InvalidProtocolBufferException {
        array = body;
        clientHi = 0;
        clientLo = 0;
        tenant = "";
        keysAt = 0;
        keysBytes = 0;
        count = 0;
        try {
            CodedInputStream in = CodedInputStream.newInstance(body, 0, bodyBytes);
            for (int tag = in.readTag(); tag != NO_TAG && read(in, tag); tag = in.readTag()) {}
            in.checkLastTagWas(NO_TAG);
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidProtocolBufferException(e);
        }
    }

    /** False: the field is the end of a group that didn't begin. */
    private boolean read(CodedInputStream in, int tag) throws IOException {
        if (tag == keysTag) {
            int outer = enter(in);
            for (int inner = in.readTag(); inner != NO_TAG && readKeys(in, inner); inner = in.readTag()) {}
            leave(in, outer);
        } else if (tag == clientTag) {
            int outer = enter(in);
            for (int inner = in.readTag(); inner != NO_TAG && readClient(in, inner); inner = in.readTag()) {}
            leave(in, outer);
        } else if (tag == tenantTag) {
            tenant = in.readStringRequireUtf8();
        } else {
            return in.skipField(tag);
        }
        return true;
    }

    private static int enter(CodedInputStream in) throws IOException {
        in.setRecursionLimit(DEEPEST - 1);
        return in.pushLimit(in.readRawVarint32());
    }

    private static void leave(CodedInputStream in, int outer) throws IOException {
        in.checkLastTagWas(NO_TAG);
        in.popLimit(outer);
        in.setRecursionLimit(DEEPEST);
    }

    private boolean readClient(CodedInputStream in, int tag) throws IOException {
        if (tag == HI) {
            clientHi = in.readFixed64();
        } else if (tag == LO) {
            clientLo = in.readFixed64();
        } else {
            return in.skipField(tag);
        }
        return true;
    }

    private boolean readKeys(CodedInputStream in, int tag) throws IOException {
        if (tag == LENGTHS) {
            int outer = in.pushLimit(in.readRawVarint32());
            while (in.getBytesUntilLimit() > 0) {
                length(in.readUInt32());
            }
            in.popLimit(outer);
        } else if (tag == LENGTH) {
            length(in.readUInt32());
        } else if (tag == BYTES) {
            keysBytes = in.readRawVarint32();
            keysAt = in.getTotalBytesRead();
            in.skipRawBytes(keysBytes);
        } else {
            return in.skipField(tag);
        }
        return true;
    }

    /** More of them than may be are only counted. */
    private void length(int keyBytes) {
        if (count < lengths.length) {
            lengths[count] = keyBytes;
        }
        count++;
    }

    UUID client() {
        return new UUID(clientHi, clientLo);
    }

    String tenant() {
        return tenant;
    }

    /** How many keys, also where they are too many. */
    int count() {
        return count;
    }

    /** The keys, where they lie in the request; to be taken once. */
    KeyColumn keys() {
        byte[] body = array;
        array = NOTHING;
        return KeyColumn.of(body, keysAt, keysBytes, index -> lengths[index], count);
    }
}
