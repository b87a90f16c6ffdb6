package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code get}. */
@Command(
        name = "get",
        description = "Write an object's bytes to standard output or into a file.",
        footer = {"", "Examples:", "  mooncake4j get greeting", "  mooncake4j get model/0 -o model.bin"})
final class GetCommand extends SettingsCommand {
    private static final int MAX_BUFFER_BYTES = 1 << 30;

    @Parameters(paramLabel = "KEY", description = "The object's key.")
    private String key = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Replace this file, once all bytes are there and right.")
    private @Nullable Path output;

    GetCommand(Console console) {
        super(console, Clients.SETTINGS);
    }

    @Override
    int run(Settings settings) throws IOException {
        try (MooncakeClient client = Clients.open(settings)) {
            OptionalLong size = client.size(key);
            List<ByteBuffer> parts = buffers(size.orElse(0));
            if (size.isEmpty()
                    || client.getInto(key, parts.toArray(ByteBuffer[]::new)).isEmpty()) {
                console.err().println("mooncake4j get: " + key + ": not found");
                return ExitCode.NOT_FOUND;
            }
            write(parts);
        }
        return ExitCode.DONE;
    }

    private static List<ByteBuffer> buffers(long sizeBytes) {
        List<ByteBuffer> parts = new ArrayList<>();
        for (long left = sizeBytes; left > 0; left -= MAX_BUFFER_BYTES) {
            parts.add(ByteBuffer.allocateDirect((int) Math.min(MAX_BUFFER_BYTES, left)));
        }
        return parts;
    }

    private void write(List<ByteBuffer> parts) throws IOException {
        if (output == null) {
            writeAll(Channels.newChannel(console.out()), parts);
            console.out().flush();
            return;
        }
        Path parent = output.toAbsolutePath().getParent();
        Path unfinished = Files.createTempFile(parent, ".mooncake4j", ".part");
        try {
            try (FileChannel channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                writeAll(channel, parts);
            }
            Files.move(unfinished, output, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static void writeAll(WritableByteChannel channel, List<ByteBuffer> parts) throws IOException {
        for (ByteBuffer part : parts) {
            while (part.hasRemaining()) {
                channel.write(part);
            }
        }
    }
}
