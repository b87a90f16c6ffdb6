package io.mooncake4j.client;

import io.mooncake4j.transfer.engine.TransferEngine;
import io.mooncake4j.transfer.engine.Transport;
import io.mooncake4j.transfer.metrics.RdmaMeters;
import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.rpc.BusyPoll;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a {@link MooncakeClient}; each has a default but the masters. For one thread. */
public final class MooncakeClientBuilder {
    private static final int MAX_POOL_BYTES = 1 << 30;

    private List<HostPort> masters = List.of();
    private String tenant = "default";
    private boolean checksums = true;
    private Duration operationTimeout = Duration.ofSeconds(20);
    private Duration requestTimeout = Duration.ofSeconds(5);
    private Duration connectTimeout = Duration.ofSeconds(2);
    private Duration busyPoll = BusyPoll.DEFAULT;
    private Duration closeTimeout = Duration.ofSeconds(10);
    private long localBufferBytes = 64L << 20;
    private int tcpConnectionsPerNode = 4;
    private int transferThreads = 4;
    private int asyncThreads = 8;
    private int asyncQueue = 1024;
    private SafetyRules safetyRules = SafetyRules.ALL;
    private @Nullable RdmaOptions rdma;
    private @Nullable List<Transport> transports;
    private UnaryOperator<Transport> decorator = transport -> transport;

    MooncakeClientBuilder() {}

    /**
     * Where the master listens, as {@code host:port[,host:port…]}; several are one service.
     *
     * @throws StoreException INVALID_PARAMS if that isn't what the text says
     */
    public MooncakeClientBuilder masters(String addresses) {
        return masters(HostPort.parseList(addresses));
    }

    /** Where the master listens; several are one service. */
    public MooncakeClientBuilder masters(List<HostPort> addresses) {
        masters = List.copyOf(addresses);
        return this;
    }

    /** Whose keys these are. Default "default". */
    public MooncakeClientBuilder tenant(String name) {
        tenant = name;
        return this;
    }

    /** Whether puts store a CRC-32C of the bytes and gets compare it. Default true. */
    public MooncakeClientBuilder checksums(boolean on) {
        checksums = on;
        return this;
    }

    /**
     * How long a call may take, retries included. Default 20 s; see {@link MooncakeClient#withTimeout}.
     *
     * <p>When the leading master dies, the next one leads as soon as its lease has ended, after about 6 s, and then
     * answers gets at once, but grants no memory before the read leases of the former have ended, after 5 s more: a put
     * that is to survive that needs 12 s. With less, calls fail with a retryable error.
     */
    public MooncakeClientBuilder operationTimeout(Duration timeout) {
        operationTimeout = positive("operationTimeout", timeout);
        return this;
    }

    /** How long one try of a request to the master may take. Default 5 s. */
    public MooncakeClientBuilder requestTimeout(Duration timeout) {
        requestTimeout = positive("requestTimeout", timeout);
        return this;
    }

    /** How long connecting to the master or a node may take. Default 2 s. */
    public MooncakeClientBuilder connectTimeout(Duration timeout) {
        connectTimeout = positive("connectTimeout", timeout);
        return this;
    }

    /**
     * How long this client looks for an answer of the master, as long as that pays, before it lets a core sleep; 0: never.
     * Costs CPU time, saves most of a small call's latency. Default 200 µs, at most 10 ms.
     */
    public MooncakeClientBuilder busyPoll(Duration window) {
        if (window.isNegative() || window.compareTo(BusyPoll.LONGEST) > 0) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS, "busyPoll is " + window + "; 0 to " + BusyPoll.LONGEST + " are allowed");
        }
        busyPoll = window;
        return this;
    }

    /** How long a close waits for calls that run. Default 10 s. */
    public MooncakeClientBuilder closeTimeout(Duration timeout) {
        closeTimeout = positive("closeTimeout", timeout);
        return this;
    }

    /**
     * How much memory {@link KvBuffer}s have together; direct memory of the JVM, reserved when the first is leased.
     * Default 64 MiB, at most 1 GiB.
     */
    public MooncakeClientBuilder localBufferBytes(long bytes) {
        if (bytes < 0 || bytes > MAX_POOL_BYTES) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "localBufferBytes is " + bytes + "; 0 to " + MAX_POOL_BYTES + " are allowed");
        }
        localBufferBytes = bytes;
        return this;
    }

    /** How many TCP connections go to one node at most. Default 4. */
    public MooncakeClientBuilder tcpConnectionsPerNode(int number) {
        tcpConnectionsPerNode = positive("tcpConnectionsPerNode", number);
        return this;
    }

    /** How many threads help callers to move bytes from and to several nodes at once. Default 4. */
    public MooncakeClientBuilder transferThreads(int number) {
        transferThreads = positive("transferThreads", number);
        return this;
    }

    /** How many asynchronous calls run at once. Default 8. */
    public MooncakeClientBuilder asyncThreads(int number) {
        asyncThreads = positive("asyncThreads", number);
        return this;
    }

    /** How many asynchronous calls may wait for their turn; further ones fail with OVERLOADED. Default 1024. */
    public MooncakeClientBuilder asyncQueue(int number) {
        asyncQueue = positive("asyncQueue", number);
        return this;
    }

    /** For the tests that prove what a rule is for. */
    MooncakeClientBuilder safetyRules(SafetyRules rules) {
        safetyRules = rules;
        return this;
    }

    /**
     * Moves bytes by RDMA where this machine and the node have it, and by TCP elsewhere; the log says so where it can't
     * be used. Default: by TCP alone.
     */
    public MooncakeClientBuilder rdma(RdmaOptions options) {
        rdma = options;
        return this;
    }

    /** For tests: puts something around each transport. */
    MooncakeClientBuilder decorateTransports(UnaryOperator<Transport> by) {
        decorator = by;
        return this;
    }

    /** For tests: moves bytes by these alone. */
    MooncakeClientBuilder transports(List<Transport> own) {
        transports = own;
        return this;
    }

    /**
     * Makes the client. Connects in the background: the master need not be up yet.
     *
     * @throws StoreException INVALID_PARAMS without a master
     */
    public MooncakeClient build() {
        RpcClient rpc = RpcClient.create(RpcClientOptions.builder()
                .addresses(masters)
                .connectTimeout(connectTimeout)
                .busyPoll(busyPoll)
                .build());
        LazyPool pool = new LazyPool((int) localBufferBytes);
        RdmaMeters rdmaMeters = new RdmaMeters();
        List<Transport> used = transports == null
                ? ClientWiring.transports(tcpConnectionsPerNode, connectTimeout, rdma, pool, safetyRules, rdmaMeters)
                : transports;
        ClientMeters meters =
                new ClientMeters(used.stream().map(Transport::name).toList(), rdmaMeters);
        RunningCalls running = new RunningCalls();
        ClientContext context = new ClientContext(
                tenant,
                checksums,
                safetyRules,
                running,
                new Master(rpc, requestTimeout.toNanos(), running),
                new TransferEngine(used.stream().map(decorator).toList(), transferThreads, meters),
                meters,
                pool);
        return new MooncakeClient(
                context, new Invocations(running, asyncThreads, asyncQueue, closeTimeout), operationTimeout);
    }

    static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, name + " is " + value + "; it must be above 0");
        }
        return value;
    }

    private static int positive(String name, int value) {
        if (value < 1) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, name + " is " + value + "; it must be above 0");
        }
        return value;
    }
}
