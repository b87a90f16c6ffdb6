package io.mooncake4j.node;

import io.mooncake4j.transfer.metrics.DataMeters;
import io.mooncake4j.transfer.metrics.LatencyHistogram;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import java.util.concurrent.atomic.LongAdder;

/** What a node counts over all incarnations of its memory. Safe for all threads. */
record NodeMeters(DataMeters data, RdmaMeters rdma, LatencyHistogram pings, LongAdder pingFailures) {
    NodeMeters() {
        this(new DataMeters(), new RdmaMeters(), new LatencyHistogram(), new LongAdder());
    }
}
