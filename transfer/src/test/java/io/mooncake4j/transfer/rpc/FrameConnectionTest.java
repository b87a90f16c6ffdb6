package io.mooncake4j.transfer.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.proto.RemoveAllRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameConnectionTest {
    private static final int MAX_FRAME_BYTES = 4096;
    private static final UnpooledByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;

    record Seen(byte kind, int code, long id, long timeLeftMicros, List<Byte> body) {}

    private record Sent(int kind, int code, long id, long timeLeftMicros, byte[] body) {
        byte[] bytes() {
            return RawPeer.frame(RawPeer.MAGIC, 1, kind, code, id, timeLeftMicros, body);
        }

        Seen seen() {
            return new Seen((byte) kind, code, id, timeLeftMicros, boxed(body));
        }
    }

    static final class Recording extends FrameConnection {
        final List<Seen> seen = new ArrayList<>();
        final List<String> complaints = new ArrayList<>();
        boolean paused;

        Recording() {
            super(MAX_FRAME_BYTES, Duration.ofSeconds(2), Duration.ofSeconds(6));
        }

        @Override
        void received(byte kind, int code, long id, long timeLeftMicros, byte[] body, int bodyBytes) {
            seen.add(new Seen(kind, code, id, timeLeftMicros, boxed(body)));
        }

        @Override
        void oversized(byte kind, long id, String text) {
            complaints.add("oversized " + id);
        }

        @Override
        void violated(ErrorCode code, long id, String text) {
            complaints.add(code + " " + id);
        }

        @Override
        void dead(String text) {
            complaints.add("dead");
        }

        @Override
        boolean paused() {
            return paused;
        }
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> list = new ArrayList<>();
        for (byte b : bytes) {
            list.add(b);
        }
        return list;
    }

    @Provide
    Arbitrary<Sent> frames() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers(),
                        Arbitraries.longs(),
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300))
                .as(Sent::new);
    }

    @Property(tries = 300)
    void shouldReceiveWhatWasSentWhenItArrivesInPieces(
            @ForAll @Size(max = 12) List<@From("frames") Sent> frames,
            @ForAll @IntRange(min = 1, max = 400) int pieceBytes) {
        ByteBuf all = Unpooled.buffer();
        frames.forEach(frame -> all.writeBytes(frame.bytes()));
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        while (all.isReadable()) {
            channel.writeInbound(all.readRetainedSlice(Math.min(pieceBytes, all.readableBytes())));
        }
        all.release();
        assertThat(connection.seen).isEqualTo(frames.stream().map(Sent::seen).toList());
        assertThat(connection.complaints).isEmpty();
        assertThat(channel.isOpen()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Property(tries = 1000)
    void shouldNotTakeItForAFrameWhenBytesAreRandom(@ForAll @Size(min = 8, max = 200) byte[] bytes) {
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        assertThat(connection.seen).isEmpty();
        assertThat(channel.isOpen()).isFalse();
    }

    @Property(tries = 1000)
    void shouldComplainOrTakeItWhenOneByteOfAFrameIsWrong(
            @ForAll("frames") Sent frame, @ForAll @IntRange(min = 0, max = 31) int at, @ForAll byte value) {
        byte[] bytes = frame.bytes();
        boolean same = bytes[at] == value;
        bytes[at] = value;
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        if (same) {
            assertThat(connection.seen).containsExactly(frame.seen());
        }
        assertThat(connection.seen.size() + connection.complaints.size()).isLessThanOrEqualTo(1);
        if (at >= 4 && at < 8 && !same) {
            assertThat(channel.isOpen()).isFalse();
        }
        channel.finishAndReleaseAll();
    }

    @Test
    void shouldGoOnWithTheNextFrameWhenOneIsOverTheLimit() {
        Sent good = new Sent(1, 8, 7, 1000, new byte[10]);
        ByteBuf all = Unpooled.buffer()
                .writeBytes(new Sent(1, 8, 6, 1000, new byte[MAX_FRAME_BYTES]).bytes())
                .writeBytes(good.bytes());
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        while (all.isReadable()) {
            channel.writeInbound(all.readRetainedSlice(Math.min(1000, all.readableBytes())));
        }
        assertThat(connection.complaints).containsExactly("oversized 6");
        assertThat(connection.seen).containsExactly(good.seen());
    }

    @Test
    void shouldRefuseWithItsIdWhenAFrameBreaksTheProtocol() {
        assertThat(complaintAbout(RawPeer.frame(RawPeer.MAGIC, 2, 1, 8, 41, 1, new byte[0])))
                .isEqualTo("PROTOCOL_MISMATCH 41");
        assertThat(complaintAbout(RawPeer.frame(RawPeer.MAGIC, 1, 9, 8, 42, 1, new byte[0])))
                .isEqualTo("NOT_SUPPORTED 42");
        byte[] tooShort = RawPeer.frame(RawPeer.MAGIC, 1, 1, 8, 43, 1, new byte[0]);
        tooShort[3] = 27;
        assertThat(complaintAbout(tooShort)).isEqualTo("INVALID_PARAMS 43");
    }

    private String complaintAbout(byte[] frame) {
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        channel.writeInbound(Unpooled.wrappedBuffer(frame), Unpooled.wrappedBuffer(frame));
        assertThat(connection.seen).isEmpty();
        assertThat(connection.complaints).hasSize(1);
        return connection.complaints.get(0);
    }

    @Test
    void shouldKeepFramesWhenPaused() {
        Sent frame = new Sent(1, 8, 7, 1000, new byte[10]);
        Recording connection = new Recording();
        EmbeddedChannel channel = new EmbeddedChannel(connection);
        connection.paused = true;
        channel.writeInbound(Unpooled.wrappedBuffer(frame.bytes()));
        assertThat(connection.seen).isEmpty();
        connection.paused = false;
        channel.writeInbound(Unpooled.EMPTY_BUFFER);
        assertThat(connection.seen).containsExactly(frame.seen());
    }

    @Test
    void shouldWriteTheDocumentedLayoutWhenItEncodes() {
        RemoveAllRequest body = RemoveAllRequest.newBuilder().setTenant("ö").build();
        ByteBuf request = Frame.request(ALLOCATOR, Method.REMOVE_ALL, body);
        Frame.stamp(request, 5, 6);
        assertBytes(request, RawPeer.frame(RawPeer.MAGIC, 1, 1, 11, 5, 6, body.toByteArray()));
        assertBytes(
                Frame.response(ALLOCATOR, Method.REMOVE_ALL, 5, new MessageReply(body)),
                RawPeer.frame(RawPeer.MAGIC, 1, 2, 11, 5, 0, body.toByteArray()));
        assertBytes(
                Frame.error(ALLOCATOR, ErrorCode.NOT_LEADER, 5, "ö"),
                RawPeer.frame(RawPeer.MAGIC, 1, 3, -2000, 5, 0, new byte[] {(byte) 0xc3, (byte) 0xb6}));
        assertBytes(Frame.ping(ALLOCATOR), RawPeer.ping());
    }

    private static void assertBytes(ByteBuf frame, byte[] expected) {
        byte[] actual = new byte[frame.readableBytes()];
        frame.readBytes(actual);
        frame.release();
        assertThat(actual).isEqualTo(expected);
    }
}
