package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.cli.Converters.Bytes;
import io.mooncake4j.deploy.load.BlockStore;
import io.mooncake4j.deploy.replay.CacheModel;
import io.mooncake4j.deploy.replay.EndlessCache;
import io.mooncake4j.deploy.replay.GeneratedWorkload;
import io.mooncake4j.deploy.replay.LruCache;
import io.mooncake4j.deploy.replay.Replay;
import io.mooncake4j.deploy.replay.ReplayOptions;
import io.mooncake4j.deploy.replay.ReplayTally;
import io.mooncake4j.deploy.replay.TraceFile;
import io.mooncake4j.deploy.replay.TraceRequest;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code replay}. */
@Command(
        name = "replay",
        description = {
            "Replay a trace of LLM requests against the store and check every byte that is read.",
            "A request is a list of 512-token blocks. Its leading blocks that are present are read; the rest is written,"
                    + " as an engine with a prefix cache does. A block whose read finds it evicted meanwhile counts as a"
                    + " miss, and so do those after it. The same requests are served to simulated caches,"
                    + " in the order in which clients took them, to compare hit rates.",
            "Without --trace, a multi-turn workload is generated: one system prompt, growing sessions, Zipf users.",
            "Exit code 1 if a byte was wrong or a request failed."
        },
        footer = {
            "  mooncake4j replay --duration 20s",
            "  mooncake4j replay --trace conversation_trace.jsonl --bytes-per-token 2048 --requests 3000 --clients 4"
        })
final class ReplayCommand extends StoreCommand {
    private static final int TOKENS_PER_BLOCK = 512;
    private static final int GENERATED_REQUESTS = 3000;

    @Option(names = "--trace", paramLabel = "FILE", description = "A trace in Mooncake's JSONL format.")
    private @Nullable Path trace;

    @Option(
            names = "--bytes-per-token",
            paramLabel = "SIZE",
            defaultValue = "2KB",
            description = "Size of a block is 512 times this. Default ${DEFAULT-VALUE}: 1 MB a block.")
    private Bytes bytesPerToken = new Bytes(0);

    @Option(
            names = "--requests",
            paramLabel = "N",
            description =
                    "Stop after so many. Default: all of a trace; 3000 generated ones, or what --duration allows.")
    private @Nullable Long requests;

    @Option(names = "--duration", paramLabel = "DURATION", description = "Begin no request later than this.")
    private @Nullable Duration duration;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "4",
            description = "Clients that take requests in order, each with a thread. Default ${DEFAULT-VALUE}.")
    private int clients;

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "32",
            description = "Blocks a call at most. Default ${DEFAULT-VALUE}, or as many as make 64 MB.")
    private int batch;

    @ArgGroup
    private Pace pace = new Pace();

    private static final class Pace {
        @Option(names = "--realtime", description = "Begin each request at its time in the trace.")
        private boolean realtime;

        @Option(names = "--fast", description = "Begin each request as soon as a client is free. The default.")
        private boolean fast;
    }

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of the generated workload, and version of the values. Default ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--capacity-ratio",
            paramLabel = "RATIO",
            defaultValue = "0.875",
            description = "Also simulate a plain LRU of this share of the capacity. Default ${DEFAULT-VALUE}.")
    private double capacityRatio;

    @Option(
            names = "--key-prefix",
            paramLabel = "TEXT",
            description = "What keys start with. Default: new in every run, so that it finds nothing of earlier ones.")
    private @Nullable String keyPrefix;

    ReplayCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) throws Exception {
        ReplayOptions options = options();
        Iterator<TraceRequest> source = source();
        try (MooncakeClient cluster = Clients.open(settings)) {
            ClusterStatus before = cluster.clusterStatus();
            long capacityBytes = Clients.capacityBytes(before);
            if (capacityBytes == 0) {
                throw new FailedException("the cluster has no node; start one by 'mooncake4j node'");
            }
            long reducedBytes = (long) (capacityBytes * capacityRatio);
            List<CacheModel> models = List.of(
                    new EndlessCache(),
                    new LruCache(capacityBytes, options.blockBytes()),
                    new LruCache(reducedBytes, options.blockBytes()));
            if (!json) {
                announce(options, settings, capacityBytes);
            }
            try (Replay replay = new Replay(source, options, () -> store(settings, options), models)) {
                follow(replay, options);
                long evicted = cluster.clusterStatus().evictedObjects() - before.evictedObjects();
                ReplayReport report = new ReplayReport(replay.tally(), replay.elapsedNanos());
                long[] hits = replay.modelHits();
                report.compare("endless cache", hits[0]);
                report.compare("plain LRU of " + Figures.size(capacityBytes), hits[1]);
                report.compare("plain LRU of " + Figures.size(reducedBytes), hits[2]);
                if (json) {
                    report.fields(evicted).print(console.out());
                } else {
                    report.print(console.out(), evicted);
                }
                return exitCode(replay.tally());
            }
        }
    }

    private ReplayOptions options() {
        long blockBytes = bytesPerToken.count() * TOKENS_PER_BLOCK;
        if (blockBytes < 1 || blockBytes > 1 << 30) {
            throw wrong("--bytes-per-token must make blocks of at most 1GB (512 tokens each): at most 2MB");
        }
        if (clients < 1 || batch < 1) {
            throw wrong("--clients and --batch must be at least 1");
        }
        if (!(capacityRatio > 0 && capacityRatio <= 1)) {
            throw wrong("--capacity-ratio must be above 0 and at most 1");
        }
        long limit = requests != null ? requests : Long.MAX_VALUE;
        if (requests == null && trace == null && duration == null) {
            limit = GENERATED_REQUESTS;
        }
        return new ReplayOptions(
                (int) blockBytes,
                clients,
                pace.realtime,
                keyPrefix != null ? keyPrefix : "replay-" + Long.toString(System.currentTimeMillis(), 36) + "/",
                seed,
                limit,
                duration != null ? duration : Duration.ofDays(30));
    }

    private Iterator<TraceRequest> source() throws IOException {
        if (trace == null) {
            return new GeneratedWorkload(seed);
        }
        return TraceFile.read(trace, requests == null ? Integer.MAX_VALUE : (int) Math.min(requests, Integer.MAX_VALUE))
                .iterator();
    }

    private BlockStore store(Settings settings, ReplayOptions options) {
        return Clients.openBlocks(settings, Clients.slots(batch, options.blockBytes()), options.blockBytes());
    }

    private void announce(ReplayOptions options, Settings settings, long capacityBytes) {
        console.out()
                .println("replaying " + (trace == null ? "a generated workload" : trace) + " in blocks of "
                        + Figures.size(options.blockBytes()) + " on " + Figures.size(capacityBytes) + ", " + clients
                        + " clients, checksums " + (settings.get(ClientSettings.CHECKSUMS) ? "on" : "off")
                        + ", keys " + options.keyPrefix() + "*");
    }

    private void follow(Replay replay, ReplayOptions options) throws InterruptedException {
        replay.start();
        long shownBytes = 0;
        long shownNanos = 0;
        try (ProgressLine progress = new ProgressLine(console)) {
            while (!replay.await(500, TimeUnit.MILLISECONDS)) {
                ReplayTally tally = replay.tally();
                long nanos = replay.elapsedNanos();
                long bytes = tally.bytesRead() + tally.bytesWritten();
                progress.show(Figures.count(tally.requests()) + " requests"
                        + (options.requests() == Long.MAX_VALUE ? "" : " of " + Figures.count(options.requests()))
                        + ", " + TimeUnit.NANOSECONDS.toSeconds(nanos) + " s, hit rate "
                        + Figures.percent(tally.hits(), tally.blocks()) + ", "
                        + Figures.rate(bytes - shownBytes, nanos - shownNanos) + ", failed " + tally.failedRequests()
                        + ", wrong bytes " + tally.wrongBytes());
                shownBytes = bytes;
                shownNanos = nanos;
            }
        }
    }

    private static int exitCode(ReplayTally tally) {
        return tally.wrongBytes() == 0 && tally.failedRequests() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
}
