package io.mooncake4j.master.admin;

import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.rpc.RpcClient;
import io.mooncake4j.transfer.rpc.RpcClientOptions;
import io.mooncake4j.transfer.wire.Deadline;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.RoleRequest;
import io.mooncake4j.transfer.wire.proto.RoleResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A standby tells the leader of itself, so that one page shows all masters, and hears where the leader is administered.
 * {@link #tell} and {@link #close} are for one thread at a time.
 */
final class StandbyReport {
    static final Duration EVERY = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(StandbyReport.class);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final MasterStatus status;
    private int ownPort;
    private @Nullable HostPort leader;
    private @Nullable RpcClient client;
    private volatile int leaderPort;
    private boolean closed;

    StandbyReport(MasterStatus status) {
        this.status = status;
    }

    synchronized void adminIs(int port) {
        ownPort = port;
        status.adminIs(port);
    }

    /** Where the leader is administered; 0: not known. Any thread. */
    int leaderPort() {
        return leaderPort;
    }

    /** Blocks for a second at the longest. */
    synchronized void tell() {
        HostPort now = status.leading() == null ? status.leader() : null;
        if (closed || now == null) {
            forget();
            return;
        }
        RpcClient to = now.equals(leader) && client != null ? client : connect(now);
        RoleRequest request = RoleRequest.newBuilder()
                .setStandby(status.address())
                .setAdminPort(ownPort)
                .setAppliedRecord(status.followedRecord())
                .setReady(status.isReady())
                .build();
        try {
            leaderPort = to.call(Method.ROLE, request, RoleResponse.parser(), Deadline.after(LONGEST))
                    .getAdminPort();
        } catch (StoreException e) {
            LOG.debug("the leader at {} was not told of this standby: {}", now, e.getMessage());
        }
    }

    private RpcClient connect(HostPort to) {
        forget();
        leader = to;
        RpcClient connected = RpcClient.create(RpcClientOptions.builder()
                .addresses(List.of(to))
                .busyPoll(Duration.ZERO)
                .build());
        client = connected;
        return connected;
    }

    private void forget() {
        leaderPort = 0;
        leader = null;
        if (client != null) {
            client.close();
            client = null;
        }
    }

    synchronized void close() {
        closed = true;
        forget();
    }
}
