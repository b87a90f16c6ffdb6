package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.master.placement.CoreAudit;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.LostReplica;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Puts;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.time.Duration;
import java.util.List;

/** What a master in the tests' own process knows. */
public final class MasterView {
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(40);

    private final MasterCore core;

    public MasterView(MasterCore core) {
        this.core = core;
    }

    public List<Segment> segments() {
        return core.segmentTable().all();
    }

    public Segment segment(int index) {
        return segments().get(index);
    }

    public long usedBytes() {
        return segments().stream().mapToLong(Segment::usedBytes).sum();
    }

    public long capacityBytes() {
        return segments().stream().mapToLong(Segment::sizeBytes).sum();
    }

    public long quarantinedBytes() {
        return segments().stream().mapToLong(Segment::quarantinedBytes).sum();
    }

    public long objects() {
        return core.objects().objectCount();
    }

    public long openGrants() {
        return core.puts().openGrants();
    }

    /** What became of the put of a key under a grant. */
    public Puts.Fate fate(String key, long grantId) {
        KeySlice slice = new KeySlice(core.objects().tenant("")).at(KeyColumn.of(List.of(key)), 0);
        return core.puts().fate(slice, grantId, System.nanoTime());
    }

    public long grantsLapsed() {
        return core.counters().grantsLapsed.sum();
    }

    public long sessionsCut() {
        return core.counters().sessionsCut.sum();
    }

    public long evictedBytes() {
        return core.counters().evictedBytes.sum();
    }

    /** Drops one replica of an object. */
    public void dropReplica(String key, Segment segment) {
        LostReplica.drop(core, key, segment);
    }

    /** Waits until the memory of the whole cluster has been evicted, and so used anew, so many times more. */
    public void awaitTurnover(int times) {
        long until = evictedBytes() + times * capacityBytes();
        await().atMost(Duration.ofSeconds(40)).until(() -> evictedBytes() >= until);
    }

    /** Checks that every byte belongs to one owner, and, with all clients gone, that none is on its way for ever. */
    public void audit() {
        await().atMost(SETTLED_WITHIN).untilAsserted(() -> {
            assertThat(openGrants()).as("open grants").isZero();
            assertThat(quarantinedBytes()).as("quarantined bytes").isZero();
            CoreAudit.check(core);
        });
    }
}
