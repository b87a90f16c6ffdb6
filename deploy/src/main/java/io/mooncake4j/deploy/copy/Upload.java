package io.mooncake4j.deploy.copy;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Files into the store. */
public final class Upload {
    private static final int MAX_MAPPING_BYTES = 1 << 30;

    private Upload() {}

    /**
     * The files below a directory in the order of their names, under keys that are prefix + path with slashes. Links to
     * files are followed, links to directories are not.
     */
    public static List<CopyItem> below(Path directory, String prefix) throws IOException {
        List<CopyItem> items = new ArrayList<>();
        Path start = Files.isSymbolicLink(directory) ? directory.toRealPath() : directory;
        try (Stream<Path> walk = Files.walk(start)) {
            walk.filter(Files::isRegularFile).sorted().forEach(file -> {
                List<String> names = new ArrayList<>();
                start.relativize(file).forEach(name -> names.add(name.toString()));
                items.add(new CopyItem(prefix + String.join("/", names), file));
            });
        }
        return items;
    }

    static Mover mover(MooncakeClient client, PutOptions options) {
        WorkBuffer buffer = new WorkBuffer();
        return item -> {
            try (FileChannel channel = FileChannel.open(item.file(), StandardOpenOption.READ)) {
                ByteBuffer[] parts = channel.size() <= WorkBuffer.MAX_BYTES
                        ? new ByteBuffer[] {read(channel, buffer.take((int) channel.size()))}
                        : map(channel);
                return put(client, item, parts, options);
            }
        };
    }

    /** Stores these bytes, one part after the other. */
    public static CopyResult put(MooncakeClient client, CopyItem item, ByteBuffer[] parts, PutOptions options) {
        PutResult result = client.put(KvEntry.of(item.key(), parts), options);
        return new CopyResult(
                item,
                result.status() == PutResult.Status.STORED ? CopyResult.Status.STORED : CopyResult.Status.EXISTED,
                result.sizeBytes(),
                result.replicas(),
                null);
    }

    private static ByteBuffer read(FileChannel channel, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return into.flip();
    }

    private static ByteBuffer[] map(FileChannel channel) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        for (long at = 0; at < channel.size(); at += MAX_MAPPING_BYTES) {
            parts.add(channel.map(MapMode.READ_ONLY, at, Math.min(MAX_MAPPING_BYTES, channel.size() - at)));
        }
        return parts.toArray(ByteBuffer[]::new);
    }
}
