package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.queue.Completions;
import io.mooncake4j.transfer.rdma.queue.VerbsCompletions;
import io.mooncake4j.transfer.rdma.queue.VerbsQueue;
import io.mooncake4j.transfer.rdma.queue.WorkQueue;
import io.mooncake4j.transfer.rdma.verbs.QueuePair;
import java.util.List;

/** A {@link Link} as the data path sees it. */
final class VerbsLink implements OpenLink {
    /** The least of what devices allow: rxe's. */
    private static final int MAX_MESSAGE_BYTES = 8 << 20;

    private final Link link;
    private final List<VerbsQueue> queues;
    private final VerbsCompletions completions;
    private final int depth;
    private final int inlineBytes;
    private final boolean siw;

    /** @param driver of the device, by name */
    VerbsLink(Link link, String driver) {
        this.link = link;
        this.queues = link.queuePairs().stream().map(VerbsQueue::new).toList();
        this.completions = new VerbsCompletions(link.completions());
        this.depth = link.queuePairs().stream().mapToInt(QueuePair::depth).min().orElse(link.depth());
        this.inlineBytes = link.queuePairs().stream()
                .mapToInt(QueuePair::inlineBytes)
                .min()
                .orElse(0);
        this.siw = driver.equals("siw");
    }

    @Override
    public int queues() {
        return queues.size();
    }

    @Override
    public WorkQueue queue(int index) {
        return queues.get(index);
    }

    @Override
    public Completions completions() {
        return completions;
    }

    @Override
    public int depth() {
        return depth;
    }

    @Override
    public int inlineBytes() {
        return inlineBytes;
    }

    @Override
    public int maxMessageBytes() {
        return MAX_MESSAGE_BYTES;
    }

    @Override
    public boolean cutsAtPages() {
        return siw;
    }

    @Override
    public int regions() {
        return link.regions();
    }

    @Override
    public long regionAddress(int region) {
        return link.regionAddress(region);
    }

    @Override
    public long regionBytes(int region) {
        return link.regionBytes(region);
    }

    @Override
    public int regionKey(int region) {
        return link.regionKey(region);
    }

    @Override
    public boolean isStale() {
        return link.isStale();
    }

    @Override
    public void close() {
        link.close();
    }
}
