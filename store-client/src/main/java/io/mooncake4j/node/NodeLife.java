package io.mooncake4j.node;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.mooncake4j.node.NodeWiring.DataSide;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.Empty;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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
 * Takes the steps of a {@link NodeProtocol} on a thread of its own: calls the master, listens for clients, waits for
 * sessions to end.
 */
final class NodeLife {
    private static final Logger LOG = LoggerFactory.getLogger(StorageNode.class);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);
    private static final long CUT_SECONDS = 3;
    private static final long BACKOFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long BACKOFF_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);
    /** Between two pings, however much there is to report. */
    private static final long PING_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    /** Between two pings because of tokens of unknown epochs, which may be forged. */
    private static final long URGENT_GAP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final int MAX_DOUBLINGS = 20;

    private final NodeOptions options;
    private final String name;
    private final String bindHost;
    private final SegmentMemory memory;
    private final RpcClient master;
    private final ExecutorService verifier = Executors.newSingleThreadExecutor(task -> daemon(task, "node-verify"));
    private final Semaphore wake = new Semaphore(0);
    private final NodeProtocol protocol;
    private final NodeMeters meters = new NodeMeters();
    private final RetryLog trouble = new RetryLog(LOG);
    private final Thread thread;
    private volatile boolean stopping;
    private volatile int dataPort;
    private volatile String transports = "";
    private volatile @Nullable DataSide data;
    private boolean mounted;
    private long backoffNanos = BACKOFF_MIN_NANOS;
    private long pingedNanos;
    private int pingFailures;

    NodeLife(NodeOptions options, NodeIdentity self, String bindHost, SegmentMemory memory, RpcClient master) {
        this.options = options;
        this.name = self.name();
        this.bindHost = bindHost;
        this.memory = memory;
        this.master = master;
        this.dataPort = options.dataPort;
        this.protocol = new NodeProtocol(memory, self, options.rules, verifier, wake::release);
        this.thread = daemon(this::live, "node-" + name);
    }

    private static Thread daemon(Runnable body, String threadName) {
        Thread thread = new Thread(body, threadName);
        thread.setDaemon(true);
        return thread;
    }

    /** Listens, then goes on in the background. */
    void start() throws IOException {
        listen();
        thread.start();
    }

    NodeMeters meters() {
        return meters;
    }

    NodeProtocol protocol() {
        return protocol;
    }

    /** Connections of clients that are open. Any thread. */
    int connections() {
        DataSide running = data;
        return running == null ? 0 : running.connections().getAsInt();
    }

    private boolean servesRdma() {
        DataSide running = data;
        return running != null && running.rdma();
    }

    /** Of those, the ones that hold an RDMA session. Any thread. */
    int rdmaSessions() {
        DataSide running = data;
        return running == null ? 0 : running.rdmaSessions().getAsInt();
    }

    int dataPort() {
        return dataPort;
    }

    /** By what the memory is served, for people. */
    String transports() {
        return transports;
    }

    synchronized boolean isMounted() {
        return mounted;
    }

    synchronized boolean awaitMounted(Duration timeout) {
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
                Optional<String> loss = memory.loss();
                if (loss.isPresent()) {
                    leaveWithout(loss.get());
                    return;
                }
                switch (protocol.step()) {
                    case MOUNT -> mount();
                    case PING -> ping();
                    case CUT_WRITERS -> cutWriters();
                    case CUT -> loseContent();
                }
            } catch (StoreException e) {
                protocol.failed(e);
                pingFailures++;
                if (protocol.step() != NodeProtocol.Step.CUT) {
                    retry("waits for a master at " + options.masters + ": " + e.getMessage());
                }
            } catch (IOException | RuntimeException e) {
                retry("tries again after " + e);
            } catch (InterruptedException e) {
                return; // only stop() does that
            }
        }
    }

    /** The end of this node: nobody may read what is mapped now. */
    private void leaveWithout(String loss) throws InterruptedException {
        LOG.error("{} leaves, its content is lost: {}; start it again", name, loss);
        boolean known = isMounted();
        cut(); // first: a master that is slow to answer must not prolong it
        if (known) {
            tellMaster(Method.LEAVE_SEGMENT);
        }
    }

    private void retry(String what) {
        if (!stopping) {
            trouble.failed(name + " " + what, System.nanoTime());
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
        MountSegmentResponse answer = call(
                Method.MOUNT_SEGMENT, protocol.mountRequest(dataPort, servesRdma()), MountSegmentResponse.parser());
        protocol.mounted(answer, sentNanos, System.nanoTime());
        if (protocol.step() == NodeProtocol.Step.PING) {
            trouble.succeeded(name + " is mounted and heard again");
            backoffNanos = BACKOFF_MIN_NANOS;
            pingedNanos = sentNanos - protocol.pingIntervalNanos(); // the first ping tells that the epoch is adopted
            setMounted(true);
        }
    }

    private void ping() throws InterruptedException {
        for (long leftNanos; !stopping && (leftNanos = untilPing()) > 0; ) {
            pause(leftNanos);
        }
        pingedNanos = System.nanoTime();
        PingRequest request = protocol.pingRequest();
        PingResponse answer;
        try {
            answer = call(Method.PING, request, PingResponse.parser());
        } catch (StoreException e) {
            meters.pingFailures().increment();
            throw e;
        }
        pingFailures = 0;
        long nowNanos = System.nanoTime();
        meters.pings().record(nowNanos - pingedNanos);
        protocol.pinged(request, answer, pingedNanos, nowNanos);
        trouble.succeeded(name + " is mounted and heard again");
    }

    private long untilPing() {
        long gapNanos = protocol.pingIntervalNanos();
        if (protocol.hasNews()) {
            gapNanos = PING_GAP_NANOS;
        } else if (protocol.isUrgent()) {
            gapNanos = Math.min(gapNanos, URGENT_GAP_NANOS);
        } else if (pingFailures > 0) { // the leader may have changed: the next call waits for the new one
            gapNanos = Math.min(gapNanos, BACKOFF_MIN_NANOS << Math.min(pingFailures - 1, MAX_DOUBLINGS));
        }
        return pingedNanos + gapNanos - System.nanoTime();
    }

    private void cutWriters() throws InterruptedException {
        CompletionStage<Void> cut = protocol.sessions().cutWriters();
        while (!isDone(cut)) {
            LOG.warn("{}: waiting for writers of the former leader to end", name);
        }
        protocol.writersCut();
    }

    private void cut() throws InterruptedException {
        setMounted(false);
        while (!cutAll()) {
            LOG.warn(
                    "{}: waiting for {} sessions to end",
                    name,
                    protocol.sessions().openCount());
        }
        stopListening();
        LOG.info("{}: all sessions are cut", name);
    }

    /** Tells a leader that still knows the content, as after a restore of etcd: else gets of it would wait for its silence. */
    private void loseContent() throws InterruptedException {
        cut();
        tellMaster(Method.LEAVE_SEGMENT);
        protocol.allCut();
    }

    /** False if some thread still uses the memory after a while. */
    private boolean cutAll() throws InterruptedException {
        protocol.gate().endWaits();
        return isDone(protocol.sessions().cutAll());
    }

    private static boolean isDone(CompletionStage<Void> cut) throws InterruptedException {
        try {
            cut.toCompletableFuture().get(CUT_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("cutting sessions failed", e);
        }
    }

    private void listen() throws IOException {
        DataSide started = NodeWiring.serve(options, bindHost, dataPort, memory, protocol, meters);
        data = started;
        dataPort = started.port();
        transports = started.transports();
    }

    private void stopListening() {
        DataSide running = data;
        if (running != null) {
            running.stop().run();
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

    /** Ends the thread and all sessions; false if one of them still uses the memory after a while. */
    boolean stop() {
        stopping = true;
        thread.interrupt();
        boolean cut = false;
        try {
            thread.join();
            cut = cutAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (cut) {
            stopListening();
        } else {
            daemon(this::stopListening, "node-stop").start(); // waits for the threads that are still there
        }
        verifier.shutdown();
        return cut;
    }

    /** After {@link #stop}: as the master said at the last mount. */
    Optional<Boolean> journalDurable() {
        return protocol.journalDurable();
    }

    /** After {@link #stop}: says goodbye, if a master knows this node. */
    void leaveMaster(Method how) {
        if (isMounted()) {
            tellMaster(how);
            setMounted(false);
        }
    }

    private void tellMaster(Method how) {
        try {
            call(how, protocol.segmentRequest(), Empty.parser());
        } catch (StoreException e) {
            LOG.warn("{}: the master was not told, it will notice: {}", name, e.getMessage());
        }
    }
}
