package io.mooncake4j.transfer.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Many connections to a port of this process that send nothing. */
public final class SilentConnections implements AutoCloseable {
    private static final int SPARE_DESCRIPTORS = 1500;

    private final List<SocketChannel> channels = new ArrayList<>();

    /** As many as are wanted, or as the limit on open files allows when the server has {@code atServer} of so many open. */
    public static int possible(int wanted, int atServer) throws IOException {
        long limit = Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToLong(line -> Long.parseLong(line.substring(26).trim().split("\\s+")[0]))
                .findFirst()
                .orElse(0);
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            long descriptors = limit - open.count() - SPARE_DESCRIPTORS;
            return (int) Math.min(wanted, descriptors * wanted / (wanted + atServer));
        }
    }

    public SilentConnections(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
            channel.configureBlocking(false);
            channels.add(channel);
        }
    }

    /** How many the server has not closed. What it sent is read away. */
    public long open() throws IOException {
        ByteBuffer sink = ByteBuffer.allocate(4096);
        long open = 0;
        for (SocketChannel channel : channels) {
            open += isOpen(channel, sink) ? 1 : 0;
        }
        return open;
    }

    private static boolean isOpen(SocketChannel channel, ByteBuffer sink) throws IOException {
        try {
            while (channel.isOpen()) {
                int read = channel.read(sink.clear());
                if (read == 0) {
                    return true;
                }
                if (read < 0) {
                    channel.close();
                }
            }
        } catch (IOException e) { // reset
            channel.close();
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
