package io.mooncake4j.transfer.engine;

import java.util.List;

/** All operations of one call on one segment, under one token whose mode says whether they read or write. */
public record SegmentTransfer(SegmentTarget target, List<? extends TransferOp> ops) {}
