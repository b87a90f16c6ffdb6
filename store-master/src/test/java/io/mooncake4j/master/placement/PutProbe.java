package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.KeyColumn;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A client and a node of any core, by its calls. */
public final class PutProbe {
    private static final UUID CLIENT = new UUID(5, 5);
    private static final UUID SEGMENT = new UUID(6, 6);
    private static final long NONCE = 9;

    private final MasterCore core;
    private final LongSupplier nanoClock;
    private long sequence;

    public PutProbe(MasterCore core, LongSupplier nanoClock) {
        this.core = core;
        this.nanoClock = nanoClock;
    }

    public void mount(long bytes) {
        core.segments()
                .mount(
                        new Segments.Offer(
                                SEGMENT, "n", "h", bytes, bytes, new Segment.Address("127.0.0.1", 1, NONCE), null),
                        new Commit(),
                        nanoClock.getAsLong());
    }

    /** The node pings; whether it follows this leader. */
    public void ping(boolean follows) {
        Segment segment = core.segments().heard(SEGMENT, NONCE, nanoClock.getAsLong());
        if (follows) {
            core.segments().adopted(segment);
        }
    }

    public void put(String key, long bytes) {
        Grant grant = start(key, bytes).grant();
        assertThat(grant).isNotNull();
        assertThat(core.puts().end(CLIENT, slice(key), grant.id(), 1, 0, 7, new Commit(), nanoClock.getAsLong()))
                .isEqualTo(ErrorCode.OK);
    }

    public boolean canPut(String key, long bytes) {
        return start(key, bytes).code() == ErrorCode.OK;
    }

    private GrantResult start(String key, long bytes) {
        return core.puts()
                .start(
                        CLIENT,
                        ++sequence,
                        core.objects().tenant(""),
                        KeyColumn.of(List.of(key)),
                        List.of(bytes),
                        CoreFixture.ONE,
                        nanoClock.getAsLong())
                .get(0);
    }

    /** Id and place of the object under the key; null: a miss. */
    public @Nullable String read(String key) {
        ObjectView view = new ObjectView();
        return !core.reads().get(slice(key), view, core.readLeaseNanos(), nanoClock.getAsLong())
                ? null
                : view.id() + " " + view.sizeBytes() + " " + view.checksum() + " "
                        + view.replicas().get(0).offset(0);
    }

    private KeySlice slice(String key) {
        return new KeySlice(core.objects().tenant("")).at(KeyColumn.of(List.of(key)), 0);
    }
}
