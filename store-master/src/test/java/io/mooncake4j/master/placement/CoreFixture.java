package io.mooncake4j.master.placement;

import io.mooncake4j.master.journal.MemoryJournal;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A master core under a clock that tests turn by hand, and short forms of its calls. */
public final class CoreFixture {
    public static final PutTerms ONE = terms(1);

    public final MasterCore core;
    private final Random random = new Random(7);
    private long nowNanos = 1_000_000_000L;
    private long sequence;

    public CoreFixture() {
        this(SafetyRules.ALL);
    }

    public CoreFixture(SafetyRules rules) {
        this(rules, new MemoryJournal());
    }

    public CoreFixture(SafetyRules rules, ChangeLog log) {
        core = new MasterCore(
                new MasterCore.Settings(
                        new Epoch(new UUID(1, 1), 1),
                        new byte[32],
                        MasterTimes.defaults(),
                        PlacementStrategy.of("random"),
                        () -> random,
                        rules,
                        1000,
                        nowNanos),
                log);
    }

    public static PutTerms terms(int replicas) {
        return new PutTerms(replicas, 0, false, List.of(), "", false);
    }

    public long now() {
        return nowNanos;
    }

    public void pass(Duration duration) {
        nowNanos += duration.toNanos();
        core.sweep(nowNanos);
    }

    /** Lets time pass while all nodes go on pinging. */
    public void passAlive(Duration duration) {
        long end = nowNanos + duration.toNanos();
        while (nowNanos < end) {
            nowNanos = Math.min(end, nowNanos + Duration.ofMillis(500).toNanos());
            for (Segment segment : core.segmentTable().all()) {
                segment.heard(segment.address().processNonce(), nowNanos);
            }
            core.sweep(nowNanos);
        }
    }

    public Segment mount(String name, long sizeBytes) {
        return mount(UUID.randomUUID(), name, sizeBytes, 1, null);
    }

    public Segment mount(String name, long sizeBytes, long regionBytes) {
        return mount(UUID.randomUUID(), name, sizeBytes, regionBytes, 1, null);
    }

    public Segment mount(UUID id, String name, long sizeBytes, long nonce, @Nullable UUID cluster) {
        return mount(id, name, sizeBytes, 1 << 20, nonce, cluster);
    }

    private Segment mount(UUID id, String name, long sizeBytes, long regionBytes, long nonce, @Nullable UUID cluster) {
        return core.segments()
                .mount(
                        new Segments.Offer(
                                id,
                                name,
                                "host-" + name,
                                sizeBytes,
                                regionBytes,
                                new Segment.Address("127.0.0.1", 50_052, nonce),
                                cluster),
                        new Commit(),
                        nowNanos);
    }

    public KeySlice key(String key) {
        return new KeySlice(core.objects().tenant("")).at(KeyColumn.of(List.of(key)), 0);
    }

    public long nextSequence() {
        return ++sequence;
    }

    public GrantResult start(UUID client, String key, long bytes) {
        return start(client, nextSequence(), key, bytes, ONE);
    }

    public GrantResult start(UUID client, long request, String key, long bytes, PutTerms terms) {
        return startAll(client, request, List.of(key), bytes, terms).get(0);
    }

    public List<GrantResult> startAll(UUID client, long request, List<String> keys, long bytes, PutTerms terms) {
        return core.puts()
                .start(
                        client,
                        request,
                        core.objects().tenant(""),
                        KeyColumn.of(keys),
                        Collections.nCopies(keys.size(), bytes),
                        terms,
                        nowNanos);
    }

    public ErrorCode end(UUID client, String key, long grantId) {
        return end(client, key, grantId, 1, 0);
    }

    public ErrorCode end(UUID client, String key, long grantId, long placed, long unanswered) {
        return core.puts().end(client, key(key), grantId, placed, unanswered, 0, new Commit(), nowNanos);
    }

    public ErrorCode revoke(UUID client, String key, long grantId, long unanswered) {
        return core.puts().revoke(client, key(key), grantId, unanswered, nowNanos);
    }

    public ErrorCode put(UUID client, String key, long bytes) {
        GrantResult started = start(client, key, bytes);
        return started.grant() == null
                ? started.code()
                : end(client, key, started.grant().id());
    }

    public @Nullable ObjectView get(String key) {
        ObjectView found = new ObjectView();
        return core.reads().get(key(key), found, core.readLeaseNanos(), nowNanos) ? found : null;
    }

    public ErrorCode remove(String key) {
        return core.removals().remove(key(key), new Commit(), nowNanos);
    }

    public long usedBytes() {
        return core.segmentTable().all().stream().mapToLong(Segment::usedBytes).sum();
    }
}
