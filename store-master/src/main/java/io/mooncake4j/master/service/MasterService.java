package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.rpc.RpcCall;
import io.mooncake4j.transfer.rpc.RpcHandler;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes calls to the core: short ones on the event loop that read them, long ones on the workers. */
final class MasterService implements RpcHandler {
    private static final Logger LOG = LoggerFactory.getLogger(MasterService.class);

    private final LongSupplier nanoClock;
    private final Executor workers;
    private final PutCalls puts;
    private final ReadCalls reads;
    private final RemoveCalls removals;
    private final InspectionCalls inspections;
    private final NodeCalls nodes;

    MasterService(MasterCore core, CallMeters meters, Leadership leadership, LongSupplier nanoClock, Executor workers) {
        this.nanoClock = nanoClock;
        this.workers = workers;
        Limits limits = new Limits(meters);
        this.puts = new PutCalls(core, limits, leadership);
        this.reads = new ReadCalls(core, limits, leadership);
        this.removals = new RemoveCalls(core, limits);
        this.inspections = new InspectionCalls(core, limits);
        this.nodes = new NodeCalls(core, meters, nanoClock.getAsLong());
    }

    @Override
    public void handle(RpcCall call) {
        long now = nanoClock.getAsLong();
        switch (call.method()) {
            case PUT_START -> puts.start(call, now);
            case PUT_END -> puts.end(call, now);
            case PUT_REVOKE -> puts.revoke(call, now);
            case GRANT_OUTCOME -> puts.outcome(call, now);
            case RENEW_GRANT -> puts.renew(call, now);
            case GET_REPLICAS -> reads.get(call, now);
            case RENEW_LEASE -> reads.renew(call, now);
            case EXISTS -> reads.exists(call);
            case REPORT_CORRUPT -> reads.reportCorrupt(call, now);
            case DESCRIBE -> inspections.describe(call, now);
            case REMOVE -> removals.remove(call, now);
            case PING -> nodes.ping(call, now);
            case SUSPEND_SEGMENT -> nodes.suspend(call);
            case LIST_SEGMENTS -> nodes.list(call, now);
            case ROLE -> call.reply(RoleResponse.newBuilder().setLeads(true).build());
            case MOUNT_SEGMENT -> onWorker(call, () -> nodes.mount(call, nanoClock.getAsLong()));
            case LEAVE_SEGMENT -> onWorker(call, () -> nodes.leave(call, now));
            case REMOVE_BY_REGEX -> onWorker(call, () -> removals.removeByRegex(call, now));
            case REMOVE_ALL -> onWorker(call, () -> removals.removeAll(call, now));
            case LIST_KEYS -> onWorker(call, () -> inspections.list(call, nanoClock.getAsLong()));
        }
    }

    private void onWorker(RpcCall call, Runnable work) {
        try {
            workers.execute(() -> {
                if (call.deadline().expired()) {
                    call.fail(ErrorCode.RPC_TIMEOUT, "the caller had given up before a worker was free");
                    return;
                }
                try {
                    work.run();
                } catch (StoreException e) {
                    call.fail(e.code(), e.reason());
                } catch (RuntimeException | Error e) { // a call that nobody answers would keep its caller waiting
                    LOG.error("{} failed", call.method(), e);
                    call.fail(ErrorCode.INTERNAL_ERROR, "the master failed at " + call.method() + "; see its log");
                }
            });
        } catch (RejectedExecutionException e) {
            call.fail(ErrorCode.OVERLOADED, "too many long calls are running; try again");
        }
    }
}
