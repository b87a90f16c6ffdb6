package io.mooncake4j.node;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.node.NodeWiring.DataSide;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.memory.SegmentMemoryOptions;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A storage node: lends memory to a cluster and serves reads and writes of it. Joins its master from a thread of its
 * own, as soon as there is one, and pings it; knows nothing of objects. Safe for all threads.
 */
public final class StorageNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);
    private static final long CUT_SECONDS = 3;
    private static final long BACKOFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Between two pings, however much there is to report. */
    private static final long PING_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final NodeOptions options;
    private final NodeIdentity self;
    private final String bindHost;
    private final SegmentMemory memory;
    private final NodeProtocol protocol;
    private final RpcClient master;
    private final ExecutorService verifier;
    private final Semaphore wake = new Semaphore(0);
    private final RetryLog trouble = new RetryLog(LOG);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile int dataPort;
    private @Nullable DataSide data;
    private boolean mounted;
    private boolean closed;
    private long backoffNanos = BACKOFF_MIN_NANOS;
    private long pingedNanos;

    private StorageNode(
            NodeOptions options, NodeIdentity self, String bindHost, SegmentMemory memory, RpcClient master) {
        this.options = options;
        this.self = self;
        this.bindHost = bindHost;
        this.memory = memory;
        this.master = master;
        this.dataPort = options.dataPort;
        this.verifier = Executors.newSingleThreadExecutor(task -> daemon(task, "node-verify"));
        this.protocol = new NodeProtocol(memory, self, options.rules, verifier, wake::release);
        this.thread = daemon(this::live, "node-" + self.name());
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
        String name = options.name.isEmpty() ? new HostPort(host, options.dataPort).toString() : options.name;
        NodeIdentity self = new NodeIdentity(
                name, host, options.hostId.isEmpty() ? hostName() : options.hostId, new SecureRandom().nextLong());
        String bindHost = options.bindHost.isEmpty() ? bindHost(host) : options.bindHost;
        SegmentMemory memory = SegmentMemory.open(
                new SegmentMemoryOptions(options.memory, name, options.segmentBytes, options.regionBytes),
                options.progress);
        RpcClient master = RpcClient.create(
                RpcClientOptions.builder().addresses(options.masters).build());
        StorageNode node = new StorageNode(options, self, bindHost, memory, master);
        try {
            node.listen();
        } catch (IOException e) {
            node.verifier.shutdown();
            master.close();
            if (memory.warm()) {
                memory.close();
            } else {
                memory.discard();
            }
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, e.getMessage() + ": free the port, or set --data-port or --bind-host", e);
        }
        LOG.info("{}: {}, {}, data at {}:{}", name, memory, memory.warm() ? "warm" : "empty", host, node.dataPort);
        node.thread.start();
        return node;
    }

    private static String bindHost(String advertised) {
        try {
            return InetAddress.getByName(advertised).isLoopbackAddress() ? advertised : "0.0.0.0";
        } catch (UnknownHostException e) {
            return "0.0.0.0";
        }
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).trim();
        } catch (IOException e) {
            return "";
        }
    }

    private static Thread daemon(Runnable body, String name) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    public String name() {
        return self.name();
    }

    /** Where clients are told to come to. */
    public String host() {
        return self.host();
    }

    public int dataPort() {
        return dataPort;
    }

    /** Of the memory's present content. */
    public UUID segmentId() {
        return memory.id();
    }

    /** Whether the master has taken the segment, by what this node heard last. */
    public synchronized boolean isMounted() {
        return mounted;
    }

    /** Waits until the segment is mounted; false if it is not in time, or this thread is interrupted. */
    public synchronized boolean awaitMounted(Duration timeout) {
        Deadline deadline = Deadline.after(timeout);
        try {
            while (!mounted && !deadline.expired()) {
                TimeUnit.NANOSECONDS.timedWait(this, deadline.remainingNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return mounted;
    }

    private synchronized void setMounted(boolean value) {
        mounted = value;
        notifyAll();
    }

    private void live() {
        while (!stopping) {
            try {
                switch (protocol.step()) {
                    case MOUNT -> mount();
                    case PING -> ping();
                    case RENEW -> renew();
                }
            } catch (StoreException e) {
                protocol.failed(e);
                if (protocol.step() != NodeProtocol.Step.RENEW) {
                    retry(e.getMessage());
                }
            } catch (IOException | RuntimeException e) {
                retry(e.toString());
            } catch (InterruptedException e) {
                return; // close() is the only one who does that
            }
        }
    }

    private void retry(@Nullable String why) {
        if (!stopping) {
            trouble.failed(self.name() + " waits for a master at " + options.masters + ": " + why, System.nanoTime());
        }
    }

    private void mount() throws IOException, InterruptedException {
        if (backoffNanos > BACKOFF_MIN_NANOS) {
            pause(ThreadLocalRandom.current().nextLong(backoffNanos / 2, backoffNanos));
        }
        backoffNanos = Math.min(2 * backoffNanos, BACKOFF_MAX_NANOS);
        if (data == null) {
            listen();
        }
        long sentNanos = System.nanoTime();
        MountSegmentResponse answer =
                call(Method.MOUNT_SEGMENT, protocol.mountRequest(dataPort), MountSegmentResponse.parser());
        protocol.mounted(answer, sentNanos, System.nanoTime());
        if (protocol.step() == NodeProtocol.Step.PING) {
            trouble.succeeded(self.name() + " has its master again");
            backoffNanos = BACKOFF_MIN_NANOS;
            pingedNanos = sentNanos - protocol.pingIntervalNanos(); // the first ping says that the epoch is adopted
            setMounted(true);
        }
    }

    private void ping() throws InterruptedException {
        while (!stopping) {
            long gapNanos = protocol.hasNews() ? PING_GAP_NANOS : protocol.pingIntervalNanos();
            long leftNanos = pingedNanos + gapNanos - System.nanoTime();
            if (leftNanos <= 0) {
                break;
            }
            pause(leftNanos);
        }
        pingedNanos = System.nanoTime();
        PingRequest request = protocol.pingRequest();
        PingResponse answer = call(Method.PING, request, PingResponse.parser());
        protocol.pinged(request, answer, pingedNanos, System.nanoTime());
        trouble.succeeded(self.name() + " has its master again");
    }

    private void renew() throws InterruptedException {
        setMounted(false);
        CompletableFuture<Void> cut = protocol.sessions().cutAll().toCompletableFuture();
        while (!isCut(cut, CUT_SECONDS)) {
            LOG.warn(
                    "{}: waiting for {} sessions to end",
                    self.name(),
                    protocol.sessions().openCount());
        }
        stopListening();
        LOG.info("{}: all sessions are cut", self.name());
        protocol.renew();
    }

    private static boolean isCut(CompletableFuture<Void> cut, long seconds) throws InterruptedException {
        try {
            cut.get(seconds, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cutting sessions failed", e);
        }
    }

    private void listen() throws IOException {
        data = NodeWiring.serve(bindHost, dataPort, memory, protocol, options.hook);
        dataPort = data.port();
    }

    private void stopListening() {
        if (data != null) {
            data.stop().run();
            data = null;
        }
    }

    private void pause(long nanos) throws InterruptedException {
        if (wake.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            wake.drainPermits();
        }
    }

    private <T extends MessageLite> T call(Method method, MessageLite request, Parser<T> parser) {
        return master.call(method, request, parser, Deadline.after(CALL_TIMEOUT));
    }

    /**
     * Suspends or leaves, as {@link NodeOptions.Builder#onStop} says: cuts all sessions, tells the master, and keeps or
     * deletes the file. Takes some seconds at the longest, also without a master.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        stopping = true;
        thread.interrupt();
        boolean cut = false;
        try {
            thread.join();
            cut = isCut(protocol.sessions().cutAll().toCompletableFuture(), CUT_SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (cut) {
            stopListening();
        } else {
            daemon(this::stopListening, "node-stop").start(); // waits for the threads that are still there
        }
        verifier.shutdown();
        boolean suspend = suspends();
        tellMaster(suspend ? Method.SUSPEND_SEGMENT : Method.LEAVE_SEGMENT);
        setMounted(false);
        master.close();
        if (!suspend) {
            memory.discard();
        } else if (cut) {
            memory.close();
        } else {
            LOG.error("{}: sessions still use the memory; its file stays locked until this process ends", self.name());
        }
        LOG.info("{}: segment {} {}", self.name(), memory.id(), suspend ? "is suspended" : "has left");
    }

    private boolean suspends() {
        return memory.isFile()
                && switch (options.onStop) {
                    case SUSPEND -> true;
                    case LEAVE -> false;
                    case AUTO -> protocol.journalDurable().orElse(memory.warm());
                };
    }

    private void tellMaster(Method how) {
        if (!isMounted()) {
            return;
        }
        try {
            call(how, protocol.segmentRequest(), Empty.parser());
        } catch (StoreException e) {
            LOG.warn("{}: the master was not told, it will notice: {}", self.name(), e.getMessage());
        }
    }
}
