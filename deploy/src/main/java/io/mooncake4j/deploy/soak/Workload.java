package io.mooncake4j.deploy.soak;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.load.BlockStore;
import io.mooncake4j.deploy.load.ClientBlockStore;
import io.mooncake4j.deploy.replay.GeneratedWorkload;
import io.mooncake4j.deploy.replay.Replay;
import io.mooncake4j.deploy.replay.ReplayOptions;
import io.mooncake4j.deploy.replay.TraceFile;
import io.mooncake4j.deploy.replay.TraceRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a soak, without end, faster than their timestamps say. Several may run on one store: equal keys have
 * equal values in all.
 */
final class Workload {
    private static final int BATCH = 16;
    private static final long VERSION = 1;
    /** The pool leases powers of two. */
    private static final long SPARE = 2;

    private final String masters;
    private final int blockBytes;
    private final int clients;
    private final boolean checksums;

    /** @param clients threads, each with a client of its own */
    Workload(String masters, int blockBytes, int clients, boolean checksums) {
        this.masters = masters;
        this.blockBytes = blockBytes;
        this.clients = clients;
        this.checksums = checksums;
    }

    /** @param seed of the generated workload, where there is no trace */
    Replay replay(@Nullable Path trace, double speed, long seed) throws IOException {
        Iterator<TraceRequest> requests = new Paced(
                trace == null ? new GeneratedWorkload(seed) : new Endless(TraceFile.read(trace, Integer.MAX_VALUE)),
                speed);
        ReplayOptions options =
                new ReplayOptions(blockBytes, clients, true, "soak/", VERSION, Long.MAX_VALUE, Duration.ofDays(30));
        return new Replay(requests, options, this::store, List.of());
    }

    private BlockStore store() {
        MooncakeClient client = MooncakeClient.builder()
                .masters(masters)
                .operationTimeout(SoakOptions.OPERATION)
                .checksums(checksums)
                .localBufferBytes(SPARE * BATCH * blockBytes)
                .build();
        return new ClientBlockStore(client, BATCH, blockBytes);
    }

    /** A trace over and over. */
    private static final class Endless implements Iterator<TraceRequest> {
        private final List<TraceRequest> trace;
        private int next;
        private long offsetMillis;

        Endless(List<TraceRequest> trace) {
            this.trace = trace;
        }

        @Override
        public boolean hasNext() {
            return !trace.isEmpty();
        }

        @Override
        public TraceRequest next() {
            if (next == trace.size()) {
                next = 0;
                offsetMillis += trace.get(trace.size() - 1).timestampMillis();
            }
            TraceRequest request = trace.get(next++);
            return new TraceRequest(offsetMillis + request.timestampMillis(), request.blockIds());
        }
    }

    /** The same requests, closer together. */
    private record Paced(Iterator<TraceRequest> requests, double speed) implements Iterator<TraceRequest> {
        @Override
        public boolean hasNext() {
            return requests.hasNext();
        }

        @Override
        public TraceRequest next() {
            TraceRequest request = requests.next();
            return new TraceRequest((long) (request.timestampMillis() / speed), request.blockIds());
        }
    }
}
