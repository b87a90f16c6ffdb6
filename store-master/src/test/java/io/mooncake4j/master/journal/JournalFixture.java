package io.mooncake4j.master.journal;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.etcd.EtcdTxn;
import io.mooncake4j.master.placement.Change;
import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** A journal over a model of etcd, in a term that has begun. */
abstract class JournalFixture {
    static final UUID SEGMENT = new UUID(3, 4);
    static final JournalOptions SHORT_TAIL = new JournalOptions(false, 20_000, SafetyRules.ALL);

    final ManualLoop loop = new ManualLoop();
    final EtcdModel etcd = new EtcdModel(loop::nanoTime);
    final List<String> losses = new ArrayList<>();
    Found found = read();
    EtcdJournal journal = lead(EtcdModel.Link.SOUND, SHORT_TAIL);

    Found read() {
        CompletableFuture<Found> reading = Recovery.read(etcd.client(EtcdModel.Link.SOUND), loop);
        loop.pass(EtcdJournal.GATHER_NANOS);
        return reading.join();
    }

    EtcdJournal lead(EtcdModel.Link link, JournalOptions options) {
        etcd.write(Keys.LEADER, null);
        long revision = etcd.client(EtcdModel.Link.SOUND)
                .txn(new EtcdTxn().ifAbsent(Keys.LEADER).put(Keys.LEADER, new byte[0]))
                .join()
                .revision();
        EtcdJournal next = new EtcdJournal(etcd.client(link), loop, revision, found, options, losses::add);
        next.keepBuckets(found);
        return next;
    }

    /** As a leader does: append, and apply. */
    void change(Change change) {
        journal.append(change);
        found.state().apply(change, loop.nanoTime());
    }

    static Change.SegmentMounted mounted(UUID id) {
        return new Change.SegmentMounted(id, "n1", "h1", 1 << 20, 1 << 20, new Segment.Address("127.0.0.1", 1234, 77));
    }

    static Change.ObjectPlaced placed(String key, long id) {
        return new Change.ObjectPlaced(
                "default",
                key.getBytes(StandardCharsets.UTF_8),
                id,
                100,
                1L << 32 | id,
                id % 7 == 0,
                new Change.PlacedReplica[] {
                    new Change.PlacedReplica(SEGMENT, new Extent[] {new Extent(0, id % 1000 * 64, 100)})
                });
    }

    static Change.ObjectRemoved removed(String key, long id) {
        return new Change.ObjectRemoved("default", key.getBytes(StandardCharsets.UTF_8), id);
    }
}
