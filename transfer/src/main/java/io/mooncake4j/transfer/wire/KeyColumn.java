package io.mooncake4j.transfer.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.mooncake4j.transfer.wire.proto.Keys;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The keys of one batch, as UTF-8 slices of one array. Immutable after construction; safe for all threads. */
public final class KeyColumn {
    public static final int MAX_KEY_BYTES = 4096;

    private final byte[] bytes;
    private final int[] starts;

    private KeyColumn(byte[] bytes, int[] starts) {
        this.bytes = bytes;
        this.starts = starts;
    }

    /**
     * Encodes keys.
     *
     * @throws StoreException INVALID_KEY if one is empty, not encodable, or over {@value #MAX_KEY_BYTES} bytes
     */
    public static KeyColumn of(List<String> keys) {
        ByteArrayOutputStream all = new ByteArrayOutputStream(keys.size() * 32);
        int[] starts = new int[keys.size() + 1];
        for (int i = 0; i < keys.size(); i++) {
            byte[] encoded = encode(keys.get(i));
            all.write(encoded, 0, encoded.length);
            starts[i + 1] = all.size();
        }
        return new KeyColumn(all.toByteArray(), starts);
    }

    /**
     * Reads keys from the wire.
     *
     * @throws StoreException INVALID_PARAMS if the column contradicts itself; keys themselves are not checked
     */
    public static KeyColumn of(Keys proto) {
        byte[] bytes = proto.getBytes().toByteArray();
        return of(bytes, 0, bytes.length, proto::getLengths, proto.getLengthsCount());
    }

    /**
     * Keys that lie one behind the other in a part of an array, which must stay as it is.
     *
     * @param lengths of each key, unsigned
     * @throws StoreException INVALID_PARAMS if the lengths are not all of that part; keys themselves are not checked
     */
    public static KeyColumn of(byte[] array, int offset, int lengthBytes, IntUnaryOperator lengths, int count) {
        int[] starts = new int[count + 1];
        starts[0] = offset;
        long end = 0;
        for (int i = 0; i < count; i++) {
            end += Integer.toUnsignedLong(lengths.applyAsInt(i));
            if (end > lengthBytes) {
                throw new StoreException(
                        ErrorCode.INVALID_PARAMS, "key lengths exceed the " + lengthBytes + " key bytes");
            }
            starts[i + 1] = offset + (int) end;
        }
        if (end != lengthBytes) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "key lengths cover " + end + " of " + lengthBytes + " bytes");
        }
        return new KeyColumn(array, starts);
    }

    public int count() {
        return starts.length - 1;
    }

    /** The array that all keys are slices of; not to be changed. */
    public byte[] array() {
        return bytes;
    }

    public int offset(int index) {
        return starts[index];
    }

    public int length(int index) {
        return starts[index + 1] - starts[index];
    }

    public String key(int index) {
        return new String(bytes, offset(index), length(index), StandardCharsets.UTF_8);
    }

    public Keys toProto() {
        Keys.Builder keys = Keys.newBuilder();
        ByteString wrapped = UnsafeByteOperations.unsafeWrap(bytes, starts[0], starts[count()] - starts[0]);
        keys.setBytes(wrapped);
        for (int i = 0; i < count(); i++) {
            keys.addLengths(length(i));
        }
        return keys.build();
    }

    /** The keys at these indices, in their order. */
    public KeyColumn subset(int... indices) {
        int[] starts = new int[indices.length + 1];
        for (int i = 0; i < indices.length; i++) {
            starts[i + 1] = starts[i] + length(indices[i]);
        }
        byte[] subset = new byte[starts[indices.length]];
        for (int i = 0; i < indices.length; i++) {
            System.arraycopy(bytes, offset(indices[i]), subset, starts[i], length(indices[i]));
        }
        return new KeyColumn(subset, starts);
    }

    public List<String> toList() {
        List<String> keys = new ArrayList<>(count());
        for (int i = 0; i < count(); i++) {
            keys.add(key(i));
        }
        return keys;
    }

    /** Why a key from the wire is refused, or the empty text. */
    public String objectionTo(int index) {
        int length = length(index);
        if (length == 0) {
            return "the key is empty";
        }
        if (length > MAX_KEY_BYTES) {
            return "the key has " + length + " bytes; at most " + MAX_KEY_BYTES + " are allowed";
        }
        if (!isUtf8(offset(index), length)) {
            return "the key is not valid UTF-8";
        }
        return "";
    }

    private boolean isUtf8(int offset, int length) {
        int i = offset;
        int end = offset + length;
        while (i < end && bytes[i] >= 0) {
            i++;
        }
        if (i == end) {
            return true;
        }
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, offset, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static byte[] encode(String key) {
        if (key.isEmpty()) {
            throw new StoreException(ErrorCode.INVALID_KEY, "the key is empty");
        }
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8
                    .newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(key));
        } catch (CharacterCodingException e) {
            throw new StoreException(ErrorCode.INVALID_KEY, "the key is not valid Unicode", e);
        }
        if (encoded.remaining() > MAX_KEY_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_KEY,
                    "the key has " + encoded.remaining() + " bytes; at most " + MAX_KEY_BYTES + " are allowed");
        }
        return Arrays.copyOfRange(encoded.array(), encoded.arrayOffset(), encoded.arrayOffset() + encoded.remaining());
    }
}
