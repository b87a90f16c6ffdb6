package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.mooncake4j.transfer.rpc.FrameConnectionTest.Recording;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;

class FrameFuzzTest {
    /** The first byte says in which pieces the others arrive. */
    @FuzzTest
    void shouldSeeTheSameWhenTheBytesArriveInPieces(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        ByteBuf stream = Unpooled.wrappedBuffer(bytes, 1, bytes.length - 1);
        Recording whole = feed(stream, Math.max(1, stream.readableBytes()));
        Recording pieces = feed(stream, 1 + (bytes[0] & 0x3F));
        assertThat(pieces.seen).isEqualTo(whole.seen);
        assertThat(pieces.complaints).isEqualTo(whole.complaints);
        assertThat(whole.complaints.stream().filter(text -> !text.startsWith("oversized")))
                .hasSizeLessThanOrEqualTo(1);
    }

    private static Recording feed(ByteBuf stream, int pieceBytes) {
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        for (int at = 0; at < stream.readableBytes() && channel.isOpen(); at += pieceBytes) {
            channel.writeInbound(stream.copy(at, Math.min(pieceBytes, stream.readableBytes() - at)));
        }
        channel.checkException();
        channel.finishAndReleaseAll();
        return connection;
    }
}
