package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KeyInfo;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.copy.CopyItem;
import io.mooncake4j.deploy.copy.Download;
import io.mooncake4j.deploy.copy.FileNames;
import io.mooncake4j.deploy.copy.ParallelCopy;
import io.mooncake4j.deploy.copy.UnfinishedFiles;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code get}. */
@Command(
        name = "get",
        customSynopsis = {
            "mooncake4j get [OPTIONS] KEY [-o FILE]",
            "  mooncake4j get [OPTIONS] --to-dir DIR KEY...",
            "  mooncake4j get [OPTIONS] --to-dir DIR --prefix TEXT"
        },
        description = {
            "Write an object's bytes to standard output or into a file, or many objects into a directory.",
            "A file is made or replaced once all its bytes are there and right. With --to-dir, a key's slashes make"
                    + " directories; what --prefix says is left out of file names. One key that fails is reported and the"
                    + " others go on."
        },
        footer = {
            "  mooncake4j get greeting",
            "  mooncake4j get model/0 -o model.bin",
            "  mooncake4j get model/0 model/1 --to-dir ./parts",
            "  mooncake4j get --prefix model/ --to-dir ./model --parallel 8"
        })
final class GetCommand extends StoreCommand {
    @Parameters(paramLabel = "KEY", arity = "0..*", description = "Keys of objects.")
    private List<String> keys = List.of();

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            description = "With --to-dir, instead of keys: all keys that start with it; '' means all there are.")
    private @Nullable String prefix;

    @ArgGroup
    private Where where = new Where();

    private static final class Where {
        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Write the one object into this file.")
        private @Nullable Path output;

        @Option(names = "--to-dir", paramLabel = "DIR", description = "Write each object into a file below it.")
        private @Nullable Path directory;
    }

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many objects are fetched at once, 1 to 64; larger ones than 16 MB one at a time."
                    + " Default ${DEFAULT-VALUE}.")
    private int parallel;

    GetCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) throws IOException, InterruptedException {
        checkArguments();
        try (MooncakeClient client = Clients.open(settings);
                UnfinishedFiles unfinished = new UnfinishedFiles()) {
            if (where.directory != null) {
                return getMany(client, unfinished, where.directory);
            }
            CopyReport report = new CopyReport(this, false);
            if (where.output != null) {
                CopyItem item = new CopyItem(keys.get(0), where.output);
                ParallelCopy copy =
                        ParallelCopy.download(List.of(item).iterator(), 1, client, unfinished, report::each);
                return report.awaitOne(copy);
            }
            WritableByteChannel out = Channels.newChannel(console.out());
            if (Download.toStream(client, keys.get(0), unfinished, out).isEmpty()) {
                error(Printable.of(keys.get(0)) + ": not found");
                return ExitCode.NOT_FOUND;
            }
            console.out().flush();
        }
        return ExitCode.DONE;
    }

    private void checkArguments() {
        checkParallel(parallel);
        if (where.directory != null) {
            if (keys.isEmpty() == (prefix == null)) {
                throw wrong("--to-dir wants either keys or --prefix; --prefix '' means all keys");
            }
            return;
        }
        if (prefix != null) {
            throw wrong("--prefix goes with --to-dir");
        }
        if (keys.size() != 1) {
            throw wrong(keys.isEmpty() ? "a key is missing" : "several keys need --to-dir");
        }
        if (json && where.output == null) {
            throw wrong("--json needs --output or --to-dir: standard output is for the object's bytes");
        }
    }

    private int getMany(MooncakeClient client, UnfinishedFiles unfinished, Path directory) throws InterruptedException {
        String left = prefix == null ? "" : prefix;
        Stream<String> names = prefix == null
                ? keys.stream()
                : StreamSupport.stream(client.listKeys(prefix).spliterator(), false)
                        .map(KeyInfo::key);
        CopyReport report = new CopyReport(this, true);
        return report.follow(
                ParallelCopy.download(
                        names.map(key -> FileNames.item(directory, key, left)).iterator(),
                        parallel,
                        client,
                        unfinished,
                        report::each),
                prefix == null ? keys.size() : -1);
    }
}
