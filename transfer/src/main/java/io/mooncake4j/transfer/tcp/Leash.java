package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The client's side of a data connection on which another transport's access to the node hangs: who closes it, or dies,
 * ends that. One thread, but for the close.
 */
public final class Leash implements AutoCloseable {
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final long REQUEST_ID = 1;
    /** A close by another thread is noticed by then. */
    private static final long LOOK_MILLIS = 100;

    private final Peer peer;
    private final SocketChannel channel;
    private final ByteBuffer probe = ByteBuffer.allocateDirect(1);
    private byte[] offer = {};

    /** @param channel that doesn't block */
    Leash(Peer peer, SocketChannel channel) {
        this.peer = peer;
        this.channel = channel;
    }

    void connect(InetSocketAddress address, Deadline deadline) throws IOException {
        boolean connected = channel.connect(address);
        while (!connected) {
            await(SelectionKey.OP_CONNECT, deadline);
            connected = channel.finishConnect();
        }
    }

    void greet(Deadline deadline) throws IOException {
        ByteBuffer hello = ByteBuffer.allocate(TcpFormat.HELLO_BYTES);
        TcpFormat.putHello(hello, peer.client(), peer.generation(), peer.processNonce());
        send(hello.flip(), deadline);
        ByteBuffer answer = receive(TcpFormat.HELLO_ANSWER_BYTES, deadline);
        int magic = answer.getInt();
        answer.getShort();
        int textLength = answer.getShort();
        int status = answer.getInt();
        if (magic != TcpFormat.MAGIC || !TcpFormat.isTextLength(textLength)) {
            throw new IOException("what listens at " + peer + " is no data port of a storage node");
        }
        if (status != 0) {
            throw refused(status, textLength, deadline);
        }
    }

    void ask(AccessToken token, int lanes, Deadline deadline) throws IOException {
        ByteBuffer request = ByteBuffer.allocate(TcpFormat.REQUEST_BYTES + token.encodedBytes());
        TcpFormat.putOpen(request, token, REQUEST_ID, lanes);
        send(request.flip(), deadline);
        offer = answer(deadline);
    }

    /** What the node said to the request for lanes. */
    public byte[] offer() {
        return offer.clone();
    }

    /**
     * Waits for what the node says when we have come by all lanes.
     *
     * @throws IOException if it breaks off
     * @throws StoreException if it gives up, with its reason; RPC_TIMEOUT; TRANSFER_FAIL if interrupted
     */
    public byte[] awaitReady(Deadline deadline) throws IOException {
        return answer(deadline);
    }

    /** Whether the node, or {@link #close}, has ended it. Costs one system call. */
    public boolean ended() {
        try {
            return channel.read(probe.clear()) != 0; // it has nothing more to say
        } catch (IOException e) {
            return true;
        }
    }

    /** Any thread; idempotent. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // closed all the same
        }
    }

    private byte[] answer(Deadline deadline) throws IOException {
        ByteBuffer head = receive(TcpFormat.ANSWER_BYTES, deadline);
        long id = head.getLong();
        int index = head.getInt();
        int status = head.getInt();
        long length = head.getLong();
        if (id != REQUEST_ID && id != 0) {
            throw new IOException("node " + peer + ": its answer is out of step");
        }
        if (status != 0 && TcpFormat.isTextLength(length)) {
            throw refused(status, (int) length, deadline);
        }
        if (index != TcpFormat.ALL_OPS || status != 0 || length < 0 || length > MAX_ANSWER_BYTES) {
            throw new IOException("node " + peer + ": its answer is out of step");
        }
        return receive((int) length, deadline).array();
    }

    private StoreException refused(int status, int textLength, Deadline deadline) throws IOException {
        String text = new String(receive(textLength, deadline).array(), StandardCharsets.UTF_8);
        return new StoreException(ErrorCode.of(status), "node " + peer + ": " + text);
    }

    private void send(ByteBuffer bytes, Deadline deadline) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private ByteBuffer receive(int count, Deadline deadline) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            int read = channel.read(bytes);
            if (read < 0) {
                throw new EOFException("node " + peer + " closed the connection");
            }
            if (read == 0) {
                await(SelectionKey.OP_READ, deadline);
            }
        }
        return bytes.flip();
    }

    /**
     * Waits for a while, or until something may have come of it. A selector of its own each time: that is a few times in a
     * leash's life, which may be long.
     */
    private void await(int operation, Deadline deadline) throws IOException {
        long leftNanos = deadline.remainingNanos();
        if (leftNanos <= 0) {
            throw new StoreException(ErrorCode.RPC_TIMEOUT, "node " + peer + ": no answer before the deadline");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreException(
                    ErrorCode.TRANSFER_FAIL, "interrupted while waiting for an answer of node " + peer);
        }
        try (Selector selector = Selector.open()) {
            channel.register(selector, operation);
            selector.select(Math.min(LOOK_MILLIS, TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1));
        }
    }
}
