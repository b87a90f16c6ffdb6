package io.mooncake4j.transfer.rdma.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.mooncake4j.transfer.engine.TransferOp;
import io.mooncake4j.transfer.engine.TransferOp.Outcome;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.AccessToken.Mode;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LinkPathAllocationTest {
    private static final int RUNS = 10_000;

    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldAllocateNothingInSteadyState(Mode mode) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PathCase it = new PathCase(2)) {
            List<TransferOp> ops = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                ops.add(new TransferOp(i % 2, i * 10_000L, it.pooled(9000), it.pooled(20)));
            }
            AccessToken token = it.token(mode);
            Deadline deadline = PathCase.soon();
            LinkPath path = it.path();
            run(path, token, ops, deadline);
            long before = threads.getCurrentThreadAllocatedBytes();
            run(path, token, ops, deadline);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(allocated).as("bytes of %d runs", RUNS).isLessThan(RUNS); // less than one byte a run: none
        }
    }

    private static void run(LinkPath path, AccessToken token, List<TransferOp> ops, Deadline deadline) {
        for (int i = 0; i < RUNS; i++) {
            for (int op = 0; op < ops.size(); op++) {
                ops.get(op).failed(Outcome.NEVER_SENT, ErrorCode.TRANSFER_FAIL, "");
            }
            if (path.run(token, ops, deadline) != PathEnd.COMPLETE) {
                throw new IllegalStateException(path.cause());
            }
        }
    }
}
