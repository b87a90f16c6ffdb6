package io.mooncake4j.transfer.engine;

/** Sees what an engine does. Called on the threads that transfer: it must be quick. */
public interface TransferObserver {
    TransferObserver NONE = (transport, transfer, nanos) -> {};

    /** A transport has tried; the operations say what came of it. */
    void ran(Transport transport, SegmentTransfer transfer, long nanos);
}
