package io.mooncake4j.node;

import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostName;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage node: lends memory to a cluster and serves reads and writes of it. Joins its master from a thread of its
 * own, as soon as there is one, and pings it; knows nothing of objects. Safe for all threads.
 */
public final class StorageNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);

    private final NodeIdentity self;
    private final OnStop onStop;
    private final SegmentMemory memory;
    private final RpcClient master;
    private final NodeLife life;
    private final AtomicBoolean closed = new AtomicBoolean();

    private StorageNode(NodeIdentity self, OnStop onStop, SegmentMemory memory, RpcClient master, NodeLife life) {
        this.self = self;
        this.onStop = onStop;
        this.memory = memory;
        this.master = master;
        this.life = life;
    }

    /**
     * Reserves the memory, listens, and returns; the node then joins the master when that is there. Blocks for about a
     * second per GiB of new memory.
     *
     * @throws StoreException INVALID_PARAMS for an address, port or memory that can't be used; SEGMENT_ALREADY_EXISTS if
     *     another node holds the memory's file
     */
    public static StorageNode start(NodeOptions options) {
        String host = AdvertisedHost.choose(options.host, options.masters);
        NodeIdentity self = new NodeIdentity(
                options.name.isEmpty() ? new HostPort(host, options.dataPort).toString() : options.name,
                host,
                options.hostId.isEmpty() ? HostName.local() : options.hostId,
                new SecureRandom().nextLong());
        SegmentMemory memory = SegmentMemory.open(
                new SegmentMemoryOptions(options.memory, self.name(), options.segmentBytes, options.regionBytes),
                options.progress);
        RpcClient master = RpcClient.create(
                RpcClientOptions.builder().addresses(options.masters).build());
        String bindHost = options.bindHost.isEmpty() ? bindHost(host) : options.bindHost;
        NodeLife life = new NodeLife(options, self, bindHost, memory, master);
        StorageNode node = new StorageNode(self, options.onStop, memory, master, life);
        try {
            life.start();
        } catch (IOException e) {
            node.close();
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, e.getMessage() + ": free the port, or set --data-port or --bind-host", e);
        }
        LOG.info(
                "{}: {}, {}, data at {}:{} over {}",
                self.name(),
                memory,
                memory.warm() ? "warm" : "empty",
                host,
                life.dataPort(),
                life.transports());
        return node;
    }

    private static String bindHost(String advertised) {
        try {
            return InetAddress.getByName(advertised).isLoopbackAddress() ? advertised : "0.0.0.0";
        } catch (UnknownHostException e) {
            return "0.0.0.0";
        }
    }

    public String name() {
        return self.name();
    }

    /** Where clients are told to come to. */
    public String host() {
        return self.host();
    }

    public int dataPort() {
        return life.dataPort();
    }

    /** By what clients move bytes here, for people. */
    public String transports() {
        return life.transports();
    }

    /** Of the memory's present content. */
    public UUID segmentId() {
        return memory.id();
    }

    /** Whether the present content is that of an earlier process. */
    public boolean isWarm() {
        return memory.warm();
    }

    /** Whether the master has taken the segment, by what this node heard last. */
    public boolean isMounted() {
        return life.isMounted();
    }

    /** Waits until the segment is mounted; false if it is not in time, or this thread is interrupted. */
    public boolean awaitMounted(Duration timeout) {
        return life.awaitMounted(timeout);
    }

    /**
     * Suspends or leaves, as {@link NodeOptions.Builder#onStop} says: cuts all sessions, tells the master, and keeps or
     * deletes the file. Takes some seconds at the longest, also without a master.
     *
     * @throws StoreException INTERNAL_ERROR if the file can't be deleted
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        boolean cut = life.stop();
        boolean suspend = suspends();
        life.leaveMaster(suspend ? Method.SUSPEND_SEGMENT : Method.LEAVE_SEGMENT);
        master.close();
        if (!suspend) {
            memory.discard();
        } else if (cut) {
            memory.close();
        } else {
            LOG.error("{}: sessions still use the memory; its file stays locked until this process ends", name());
        }
        LOG.info("{}: segment {} {}", name(), memory.id(), suspend ? "is suspended" : "has left");
    }

    private boolean suspends() {
        boolean worthKeeping = memory.isFile() && memory.clusterId().isPresent();
        return worthKeeping
                && switch (onStop) {
                    case SUSPEND -> true;
                    case LEAVE -> false;
                    case AUTO -> life.journalDurable().orElse(true);
                };
    }
}
