package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.server.DirectAccess.Passage;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node and a client say on a connection from the OPEN on: it carries no requests any more, but the passage lasts no
 * longer than it. The connection's thread runs it; the rest is for all threads.
 */
final class PassageConversation {
    /**
     * A machine that vanished is noticed within a quarter of a minute, since nothing is sent on the connection. By name: the
     * options are jdk.net's, which not every JRE has.
     */
    private static final Map<String, Integer> PROBES =
            Map.of("TCP_KEEPIDLE", 5, "TCP_KEEPINTERVAL", 3, "TCP_KEEPCOUNT", 3);

    private final SocketChannel channel;
    private volatile @Nullable Passage passage;

    PassageConversation(SocketChannel channel) {
        this.channel = channel;
    }

    /** Whether the connection stays silent from now on, and yet is in use. */
    boolean begun() {
        return passage != null;
    }

    /** The connection was closed. */
    void abandon() {
        Passage open = passage;
        if (open != null) {
            open.abandon();
        }
    }

    /** Returns when the connection has ended in any way. The passage is the caller's to close. */
    void run(Passage opened, long requestId, SocketInput in, SocketOutput out) throws IOException {
        passage = opened;
        if (!channel.isOpen()) {
            return; // it was closed before it could be told
        }
        probeSilence(channel);
        answer(out, requestId, ErrorCode.OK, opened.offer());
        byte[] ready;
        try {
            ready = opened.awaitReady();
        } catch (StoreException e) {
            answer(out, requestId, e.code(), TcpFormat.text(e));
            return;
        }
        answer(out, requestId, ErrorCode.OK, ready);
        in.take(1); // nothing more may come but the end
    }

    private static void answer(SocketOutput out, long requestId, ErrorCode status, byte[] content) throws IOException {
        TcpFormat.putAnswer(out.room(TcpFormat.ANSWER_BYTES), requestId, TcpFormat.ALL_OPS, status, content.length);
        out.send(ByteBuffer.wrap(content));
        out.flush();
    }

    /** Has the kernel probe a connection on which nothing is sent. */
    static void probeSilence(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        for (SocketOption<?> option : channel.supportedOptions()) {
            Integer value = PROBES.get(option.name());
            if (value != null) {
                set(channel, option, value);
            }
        }
    }

    private static <T> void set(SocketChannel channel, SocketOption<T> option, Object value) throws IOException {
        channel.setOption(option, option.type().cast(value));
    }
}
