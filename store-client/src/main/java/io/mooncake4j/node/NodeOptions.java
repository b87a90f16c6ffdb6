package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.FillProgress;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Settings of a {@link StorageNode}. */
public final class NodeOptions {
    final List<HostPort> masters;
    final String name;
    final String host;
    final String bindHost;
    final int dataPort;
    final long segmentBytes;
    final long regionBytes;
    final MemoryKind memory;
    final OnStop onStop;
    final String hostId;
    final FillProgress progress;
    final SafetyRules rules;
    final AccessHook hook;
    final @Nullable RdmaOptions rdma;

    private NodeOptions(Builder builder) {
        this.masters = builder.masters;
        this.name = builder.name;
        this.host = builder.host;
        this.bindHost = builder.bindHost;
        this.dataPort = builder.dataPort;
        this.segmentBytes = builder.segmentBytes;
        this.regionBytes = builder.regionBytes;
        this.memory = builder.memory;
        this.onStop = builder.onStop;
        this.hostId = builder.hostId;
        this.progress = builder.progress;
        this.rules = builder.rules;
        this.hook = builder.hook;
        this.rdma = builder.rdma;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Collects settings; masters and segment size have no default. An empty text means the default. */
    public static final class Builder {
        private List<HostPort> masters = List.of();
        private String name = "";
        private String host = "";
        private String bindHost = "";
        private int dataPort = 50052;
        private long segmentBytes;
        private long regionBytes = SegmentMemoryOptions.MAX_REGION_BYTES;
        private MemoryKind memory = MemoryKind.shm(MemoryKind.DEFAULT_SHM_DIRECTORY);
        private OnStop onStop = OnStop.AUTO;
        private String hostId = "";
        private FillProgress progress = FillProgress.NONE;
        private SafetyRules rules = SafetyRules.ALL;
        private AccessHook hook = AccessHook.NONE;
        private @Nullable RdmaOptions rdma;

        private Builder() {}

        /** Several are one cluster's. */
        public Builder masters(List<HostPort> value) {
            masters = List.copyOf(value);
            return this;
        }

        /** As in {@link HostPort#parseList}. */
        public Builder masters(String value) {
            return masters(HostPort.parseList(value));
        }

        /** What people call the segment, and the name of its file. Default {@code host:dataPort}. */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** Where clients reach this node. Default: this machine's address towards the master. */
        public Builder host(String value) {
            host = value;
            return this;
        }

        /** Where to listen. Default: loopback if that is what clients are told, else everywhere. */
        public Builder bindHost(String value) {
            bindHost = value;
            return this;
        }

        /** 0: any that is free; then a name is needed. Default 50052. */
        public Builder dataPort(int value) {
            dataPort = value;
            return this;
        }

        /** How much memory to lend. */
        public Builder segmentBytes(long value) {
            segmentBytes = value;
            return this;
        }

        /** Default 1 GiB. */
        public Builder regionBytes(long value) {
            regionBytes = value;
            return this;
        }

        /** Default: files in /dev/shm/mooncake4j. */
        public Builder memory(MemoryKind value) {
            memory = value;
            return this;
        }

        /** Default AUTO. */
        public Builder onStop(OnStop value) {
            onStop = value;
            return this;
        }

        /** The machine, for placements that prefer the writer's own. Default: its host name. */
        public Builder hostId(String value) {
            hostId = value;
            return this;
        }

        /** Told how far the memory's reservation has come. */
        public Builder progress(FillProgress value) {
            progress = value;
            return this;
        }

        /** Lets clients come by RDMA, too, where this machine can. Default: not. */
        public Builder rdma(RdmaOptions value) {
            rdma = value;
            return this;
        }

        /** For fault tests. */
        Builder safetyRules(SafetyRules value) {
            rules = value;
            return this;
        }

        /** For fault tests. */
        Builder accessHook(AccessHook value) {
            hook = value;
            return this;
        }

        /** @throws StoreException INVALID_PARAMS naming what is missing or can't be */
        public NodeOptions build() {
            require(!masters.isEmpty(), "no master is given: set --master HOST:PORT");
            require(segmentBytes > 0, "no segment size is given: set --segment-size");
            require(dataPort >= 0 && dataPort <= 65_535, "data port " + dataPort + ": it must be 0 to 65535");
            require(dataPort != 0 || !name.isEmpty(), "a node on any free port needs a name: set --name");
            require(
                    onStop != OnStop.SUSPEND || memory.isFile(),
                    "anonymous memory ends with the process and can't be suspended: use --memory shm, or --on-stop leave");
            return new NodeOptions(this);
        }

        private static void require(boolean fine, String otherwise) {
            if (!fine) {
                throw new StoreException(ErrorCode.INVALID_PARAMS, otherwise);
            }
        }
    }
}
