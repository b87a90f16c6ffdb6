package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.PutOptions;
import io.mooncake4j.deploy.copy.CopyItem;
import io.mooncake4j.deploy.copy.CopyResult;
import io.mooncake4j.deploy.copy.ParallelCopy;
import io.mooncake4j.deploy.copy.Upload;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code put}. */
@Command(
        name = "put",
        customSynopsis = {"mooncake4j put [OPTIONS] KEY FILE [KEY FILE]...", "  mooncake4j put [OPTIONS] --from-dir DIR"
        },
        description = {
            "Store files, or standard input, under keys.",
            "Objects are immutable: if the key exists, its bytes stay, and that counts as done. With many keys, one that"
                    + " fails is reported and the others go on. A value has one byte at least."
        },
        footer = {
            "  mooncake4j put greeting hello.txt",
            "  date | mooncake4j put today -",
            "  mooncake4j put model/0 part-0 model/1 part-1",
            "  mooncake4j put --from-dir ./model --prefix model/ --parallel 8"
        })
final class PutCommand extends StoreCommand {
    private static final String STANDARD_INPUT = "-";
    private static final int STDIN_PIECE_BYTES = 16 << 20;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Source source;

    private static final class Source {
        @Parameters(
                paramLabel = "KEY FILE...",
                arity = "2..*",
                hideParamSyntax = true,
                description = "Keys (at most 4 KiB of UTF-8), each with its file; - is standard input.")
        private @Nullable List<String> pairs;

        @Option(
                names = "--from-dir",
                paramLabel = "DIR",
                description = "Store all files below it, each under its path with slashes.")
        private @Nullable Path directory;
    }

    @Option(names = "--prefix", paramLabel = "TEXT", description = "With --from-dir: what the keys start with.")
    private String prefix = "";

    @Option(names = "--replicas", paramLabel = "N", description = "Copies wanted, on different segments; best effort.")
    private int replicas = 1;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many files are stored at once, 1 to 64. Default ${DEFAULT-VALUE}.")
    private int parallel;

    PutCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) throws IOException, InterruptedException {
        List<CopyItem> items = items();
        PutOptions options = PutOptions.DEFAULT.withReplicaNum(replicas);
        try (MooncakeClient client = Clients.open(settings)) {
            if (items.size() == 1 && source.directory == null) {
                return putOne(client, items.get(0), options);
            }
            CopyReport report = new CopyReport(this, true);
            return report.follow(
                    ParallelCopy.upload(items.iterator(), parallel, client, options, result -> {
                        report.each(result);
                        warnOfFewReplicas(result);
                    }),
                    items.size());
        }
    }

    private List<CopyItem> items() throws IOException {
        checkParallel(parallel);
        if (source.directory != null) {
            if (!Files.isDirectory(source.directory)) {
                throw wrong("--from-dir " + source.directory + " is not a directory");
            }
            return Upload.below(source.directory, prefix);
        }
        List<String> pairs = source.pairs == null ? List.of() : source.pairs;
        if (!prefix.isEmpty()) {
            throw wrong("--prefix goes with --from-dir");
        }
        if (pairs.size() % 2 != 0) {
            throw wrong("key " + pairs.get(pairs.size() - 1) + " has no file: give pairs KEY FILE");
        }
        List<CopyItem> items = new ArrayList<>();
        for (int i = 0; i < pairs.size(); i += 2) {
            if (pairs.size() > 2 && pairs.get(i + 1).equals(STANDARD_INPUT)) {
                throw wrong("standard input (-) can be stored under one key only: give one pair");
            }
            items.add(new CopyItem(pairs.get(i), Path.of(pairs.get(i + 1))));
        }
        return items;
    }

    private int putOne(MooncakeClient client, CopyItem item, PutOptions options)
            throws IOException, InterruptedException {
        List<CopyResult> results = new ArrayList<>();
        CopyReport report = new CopyReport(this, false);
        if (item.file().toString().equals(STANDARD_INPUT)) {
            results.add(Upload.put(client, item, readInput(), options));
            report.each(results.get(0));
        } else {
            ParallelCopy copy = ParallelCopy.upload(List.of(item).iterator(), 1, client, options, result -> {
                report.each(result);
                results.add(result);
            });
            report.awaitOne(copy);
        }
        CopyResult result = results.get(0);
        if (result.status() == CopyResult.Status.FAILED) {
            return ExitCode.FAILED;
        }
        if (!json) {
            String key = Printable.of(item.key());
            console.out()
                    .println(
                            result.status() == CopyResult.Status.STORED
                                    ? "stored " + key + ", " + result.sizeBytes() + " bytes"
                                    : key + " exists already; its bytes stay");
        }
        warnOfFewReplicas(result);
        return ExitCode.DONE;
    }

    private void warnOfFewReplicas(CopyResult result) {
        if (result.status() == CopyResult.Status.STORED && result.replicas() < replicas) {
            console.warn(Printable.of(result.item().key()) + ": only " + result.replicas() + " of " + replicas
                    + " replicas found room");
        }
    }

    private ByteBuffer[] readInput() throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        byte[] piece;
        while ((piece = console.in().readNBytes(STDIN_PIECE_BYTES)).length > 0) {
            parts.add(ByteBuffer.wrap(piece));
        }
        return parts.toArray(ByteBuffer[]::new);
    }
}
