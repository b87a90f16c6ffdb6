package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.ClientSettings;
import io.mooncake4j.client.ClusterStatus;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.load.BlockStore;
import io.mooncake4j.deploy.load.ClientBlockStore;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import java.util.stream.Stream;

/** Opens SDK clients as the settings say. */
final class Clients {
    /** Settings of every command that talks to a store. */
    static final List<Setting<?>> SETTINGS = Stream.concat(
                    ClientSettings.ALL.stream(), Stream.of(CommonSettings.CONFIG, CommonSettings.LOG_LEVEL))
            .toList();

    private static final long MAX_BATCH_BYTES = 64L << 20;
    /** The pool leases powers of two from here on. */
    private static final long SMALLEST_LEASE_BYTES = 4096;

    private Clients() {}

    static MooncakeClient open(Settings settings) {
        return ClientSettings.builder(settings).build();
    }

    /** A client of its own for one thread, with a pool for so many blocks. */
    static BlockStore openBlocks(Settings settings, int slots, int blockBytes) {
        long slotBytes = Math.max(SMALLEST_LEASE_BYTES, Long.highestOneBit(2L * blockBytes - 1));
        MooncakeClient client = ClientSettings.builder(settings)
                .localBufferBytes(slots * slotBytes)
                .build();
        return new ClientBlockStore(client, slots, blockBytes);
    }

    /** Bytes of memory in all segments that take new objects. */
    static long capacityBytes(ClusterStatus cluster) {
        return cluster.segments().stream()
                .filter(segment -> segment.state() == ClusterStatus.State.OK)
                .mapToLong(ClusterStatus.Segment::sizeBytes)
                .sum();
    }

    /** So many blocks a batch, but not more than {@value #MAX_BATCH_BYTES} bytes, and one at least. */
    static int slots(int batch, int blockBytes) {
        return (int) Math.max(1, Math.min(batch, MAX_BATCH_BYTES / blockBytes));
    }
}
