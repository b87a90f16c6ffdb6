package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KvEntry;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.client.PutResult;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code put}. */
@Command(
        name = "put",
        description = {
            "Store the bytes of a file, or of standard input, under a key.",
            "Objects are immutable: if the key exists, its bytes stay, and that counts as done."
        },
        footer = {"", "Examples:", "  mooncake4j put greeting hello.txt", "  date | mooncake4j put today -"})
final class PutCommand extends SettingsCommand {
    private static final int MAX_MAPPING_BYTES = 1 << 30;
    private static final int STDIN_PIECE_BYTES = 16 << 20;

    @Parameters(paramLabel = "KEY", index = "0", description = "At most 4 KiB of UTF-8.")
    private String key = "";

    @Parameters(paramLabel = "FILE", index = "1", description = "A file, or - for standard input.")
    private String file = "";

    @Option(names = "--replicas", paramLabel = "N", description = "Copies wanted, on different segments; best effort.")
    private int replicas = 1;

    PutCommand(Console console) {
        super(console, Clients.SETTINGS);
    }

    @Override
    int run(Settings settings) throws IOException {
        ByteBuffer[] parts = (file.equals("-") ? readInput() : map(Path.of(file))).toArray(ByteBuffer[]::new);
        try (MooncakeClient client = Clients.open(settings)) {
            PutResult result = client.put(KvEntry.of(key, parts), PutOptions.DEFAULT.withReplicaNum(replicas));
            boolean stored = result.status() == PutResult.Status.STORED;
            console.out()
                    .println(
                            stored
                                    ? "stored " + key + ", " + result.sizeBytes() + " bytes"
                                    : key + " exists already; its bytes stay");
            if (stored && result.replicas() < replicas) {
                console.warn("only " + result.replicas() + " of " + replicas + " replicas found room");
            }
        }
        return ExitCode.DONE;
    }

    private static List<ByteBuffer> map(Path path) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            for (long at = 0; at < channel.size(); at += MAX_MAPPING_BYTES) {
                parts.add(channel.map(MapMode.READ_ONLY, at, Math.min(MAX_MAPPING_BYTES, channel.size() - at)));
            }
        }
        return parts;
    }

    private List<ByteBuffer> readInput() throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        byte[] piece;
        while ((piece = console.in().readNBytes(STDIN_PIECE_BYTES)).length > 0) {
            parts.add(ByteBuffer.wrap(piece));
        }
        return parts;
    }
}
