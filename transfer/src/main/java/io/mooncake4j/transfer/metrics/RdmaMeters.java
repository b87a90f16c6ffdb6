package io.mooncake4j.transfer.metrics;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/** What a client or a node has and counts of RDMA, whether it uses it or not. Safe for all threads. */
public final class RdmaMeters {
    private final LongAdder queuePairs = new LongAdder();
    private final LongAdder memoryRegions = new LongAdder();
    private final LongAdder registeredBytes = new LongAdder();
    private final LongAdder payloadBytes = new LongAdder();
    private final LongAdder copiedBytes = new LongAdder();
    private final LongAdder[] fallbacks = new LongAdder[Fallback.values().length];
    private final NamedCounts completionErrors = new NamedCounts(
            "LOC_LEN_ERR",
            "LOC_QP_OP_ERR",
            "LOC_PROT_ERR",
            "WR_FLUSH_ERR",
            "BAD_RESP_ERR",
            "REM_INV_REQ_ERR",
            "REM_ACCESS_ERR",
            "REM_OP_ERR",
            "RETRY_EXC_ERR",
            "RNR_RETRY_EXC_ERR",
            "FATAL_ERR",
            "GENERAL_ERR");
    private final NamedCounts deviceErrors =
            new NamedCounts("CQ_ERR", "QP_FATAL", "QP_REQ_ERR", "QP_ACCESS_ERR", "DEVICE_FATAL", "PORT_ERR");
    private volatile BooleanSupplier missing = () -> false;
    private volatile IntSupplier pausedNodes = () -> 0;

    public RdmaMeters() {
        for (int i = 0; i < fallbacks.length; i++) {
            fallbacks[i] = new LongAdder();
        }
    }

    /** Who knows from now on whether RDMA was asked for and can't be had. */
    public void missing(BooleanSupplier asked) {
        missing = asked;
    }

    /** Whether RDMA was asked for and can't be had, so that bytes move over TCP. */
    public boolean isMissing() {
        return missing.getAsBoolean();
    }

    /** Who knows from now on how many nodes are paused. */
    public void pausedNodes(IntSupplier asked) {
        pausedNodes = asked;
    }

    /** How many nodes a client leaves to other transports for a while, since RDMA fails there. */
    public int pausedNodes() {
        return pausedNodes.getAsInt();
    }

    /** Those that there are: whoever makes or destroys one counts it. */
    public LongAdder queuePairs() {
        return queuePairs;
    }

    /** Memory was registered. */
    public void registered(int regions, long bytes) {
        memoryRegions.add(regions);
        registeredBytes.add(bytes);
    }

    /** Registered memory was given back. */
    public void deregistered(int regions, long bytes) {
        registered(-regions, -bytes);
    }

    /** Registered with the device. */
    public long memoryRegions() {
        return memoryRegions.sum();
    }

    /** Their size. */
    public long registeredBytes() {
        return registeredBytes.sum();
    }

    /** Payload of operations that are done. */
    public LongAdder payloadBytes() {
        return payloadBytes;
    }

    /** Payload that was copied to or from the pool, since its buffers lie outside. */
    public LongAdder copiedBytes() {
        return copiedBytes;
    }

    /** Operations that were left to another transport for that reason. */
    public LongAdder fallbacks(Fallback reason) {
        return fallbacks[reason.ordinal()];
    }

    /** Requests that failed, by {@code ibv_wc_status} without its IBV_WC. */
    public NamedCounts completionErrors() {
        return completionErrors;
    }

    /** What the device said of itself that is no good sign, by {@code ibv_event_type} without its IBV_EVENT. */
    public NamedCounts deviceErrors() {
        return deviceErrors;
    }
}
