package io.mooncake4j.transfer.rdma.cm;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Why a node rejects a queue pair; travels as private data: u16 magic, u16 version, u16 number. */
public enum Refusal {
    NOT_OURS("it speaks another version of this protocol, or another one; update the older side"),
    UNKNOWN_TICKET("it knows no such ticket: it never was given, or its session has ended"),
    EXPIRED_TICKET("the ticket has expired: connecting took too long"),
    USED_UP("the ticket was used before"),
    NO_RESOURCES("its device gave it no queue pair; its log says why");

    private static final int BYTES = 6;
    private final String text;

    Refusal(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putShort(ConnectRequest.MAGIC)
                .putShort(ConnectRequest.VERSION)
                .putShort((short) ordinal())
                .array();
    }

    /** Null if a node of ours didn't say it. */
    static @Nullable Refusal decode(byte[] privateData) {
        if (privateData.length < BYTES) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(privateData);
        if (in.getShort() != ConnectRequest.MAGIC || in.getShort() != ConnectRequest.VERSION) {
            return null;
        }
        int number = in.getShort();
        return number >= 0 && number < values().length ? values()[number] : null;
    }
}
