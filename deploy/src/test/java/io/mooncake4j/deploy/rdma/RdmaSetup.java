package io.mooncake4j.deploy.rdma;

import io.mooncake4j.client.MooncakeClientBuilder;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import java.time.Duration;
import java.util.List;

/** Settings of RDMA for tests. */
final class RdmaSetup {
    /** Work requests under way on a queue pair: so few that most of a large value waits for its turn. */
    static final int SMALL_WINDOW = 4;

    static final int USUAL_WINDOW = RdmaOptions.DEFAULT.maxWr();
    static final int SLICE_BYTES = 64 << 10;
    static final Duration PAUSE = Duration.ofSeconds(1);

    private RdmaSetup() {}

    /** @param maxWr work requests under way on a queue pair */
    static RdmaOptions options(String device, int maxWr) {
        return new RdmaOptions(
                List.of(device),
                RdmaOptions.DEFAULT.queuePairsPerLink(),
                SLICE_BYTES,
                maxWr,
                RdmaOptions.DEFAULT.inlineBytes(),
                RdmaOptions.DEFAULT.linksPerPeer(),
                RdmaOptions.DEFAULT.attempts(),
                PAUSE,
                Duration.ofSeconds(20), // the machine is slow
                0);
    }

    /** A patient client: in the machine a node's first answers take seconds. */
    static MooncakeClientBuilder client(MooncakeClientBuilder builder, RdmaOptions options) {
        return builder.rdma(options)
                .operationTimeout(Duration.ofSeconds(60))
                .requestTimeout(Duration.ofSeconds(20))
                .connectTimeout(Duration.ofSeconds(20));
    }
}
