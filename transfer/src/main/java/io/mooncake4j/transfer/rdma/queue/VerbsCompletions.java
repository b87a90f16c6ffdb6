package io.mooncake4j.transfer.rdma.queue;

import io.mooncake4j.transfer.rdma.verbs.CompletionQueue;
import io.mooncake4j.transfer.rdma.verbs.WcStatus;
import java.io.IOException;

/** A completion queue of a device as {@link Completions}. */
public record VerbsCompletions(CompletionQueue queue) implements Completions {
    @Override
    public int poll() throws IOException {
        return queue.poll();
    }

    @Override
    public long wrId(int index) {
        return queue.wrId(index);
    }

    @Override
    public int status(int index) {
        return queue.status(index);
    }

    @Override
    public String describe(int index) {
        return WcStatus.name(queue.status(index)) + ", vendor's code " + queue.vendorError(index);
    }
}
