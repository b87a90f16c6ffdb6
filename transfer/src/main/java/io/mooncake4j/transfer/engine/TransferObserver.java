package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.wire.ErrorCode;

/** Sees what an engine does. Called on the threads that transfer: it must be quick. */
public interface TransferObserver {
    TransferObserver NONE = new TransferObserver() {
        @Override
        public void ran(Transport transport, SegmentTransfer transfer, long nanos) {}

        @Override
        public void fellBack(Transport from, ErrorCode why) {}
    };

    /** A transport has tried; the operations say what came of it. */
    void ran(Transport transport, SegmentTransfer transfer, long nanos);

    /** A transport could not begin, and the next one tries. */
    void fellBack(Transport from, ErrorCode why);
}
