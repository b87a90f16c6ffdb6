package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;

/** A master with one node, which two threads meet in; made anew for each meeting. */
public abstract class RacedStore {
    static final UUID ALICE = new UUID(1, 1);
    static final UUID BOB = new UUID(1, 2);
    static final int BYTES = 1000;
    static final long HELD = SegmentSpace.alignedBytes(BYTES);

    private static final List<String> KEYS = keysOfFirstShard();
    /** Keys of one hash chain of the first shard, which is the first to be locked or swept where all are. */
    static final String KEY = KEYS.get(0);

    static final String OTHER_KEY = KEYS.get(1);

    final CoreFixture master;
    final MasterCore core;
    final Segment segment;

    RacedStore(int values) {
        this(values, new CoreFixture());
    }

    RacedStore(int values, CoreFixture master) {
        this.master = master;
        this.core = master.core;
        this.segment = master.mount(new UUID(2, 2), "n", values * HELD, 1, null);
    }

    static List<String> keys() {
        return KEYS;
    }

    private static List<String> keysOfFirstShard() {
        CoreFixture any = new CoreFixture();
        return IntStream.range(0, 1 << 20)
                .mapToObj(Integer::toString)
                .filter(key -> (any.key(key).hash() & 0xFFF) == 0)
                .limit(32)
                .toList();
    }

    /** For one thread. */
    final KeySlice key() {
        return master.key(KEY);
    }

    final ObjectShard shard() {
        return core.objects.shard(0);
    }

    final long at(int seconds) {
        return master.now() + Duration.ofSeconds(seconds).toNanos();
    }

    final Object start(UUID client, long request, String key) {
        try {
            return master.start(client, request, key, BYTES, CoreFixture.ONE).code();
        } catch (StoreException refused) {
            return refused.code();
        }
    }

    /** The id of a grant, which there is room for. */
    final long granted(UUID client, long request, String key) {
        Grant grant = master.start(client, request, key, BYTES, CoreFixture.ONE).grant();
        return Objects.requireNonNull(grant).id();
    }

    final void put(String key, long request) {
        if (master.end(ALICE, key, granted(ALICE, request, key)) != ErrorCode.OK) {
            throw new IllegalStateException("the put is not committed");
        }
    }

    final ErrorCode endAt(long grant, long nowNanos) {
        return core.puts().end(ALICE, key(), grant, 1, 0, 0, new Commit(), nowNanos);
    }

    final ErrorCode renewAt(long grant, long nowNanos) {
        return core.puts().renew(ALICE, key(), grant, nowNanos).code();
    }

    /** Whether it is there, without a lease. */
    final boolean present(String key) {
        return core.reads().sizeOf(master.key(key)) == BYTES;
    }

    /** Evicts what was read longest ago in the shard of the keys; returns the bytes that it had. */
    final long evict() {
        return new Victims(core).evictOldest(Victims.Class.ORDINARY, 0, master.now());
    }

    /** Every byte belongs to one object, one grant or one wait, and so many are taken. */
    final void account(long values) {
        CoreAudit.check(core);
        assertThat(segment.usedBytes()).isEqualTo(values * HELD);
        assertThat(segment.freeBytes()).isEqualTo(segment.sizeBytes() - segment.usedBytes());
    }
}
