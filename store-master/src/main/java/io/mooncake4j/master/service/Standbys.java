package io.mooncake4j.master.service;

import io.mooncake4j.transfer.wire.proto.RoleRequest;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** The standbys that a leader hears of. They tell of themselves, for people to see: nothing depends on it. Safe for all threads. */
public final class Standbys {
    /** A standby as it told of itself. */
    public record Standby(String address, int adminPort, long appliedRecord, boolean ready, long heardNanos) {}

    private static final long RECENT_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** More than any cluster has; who makes up others fills no memory. */
    private static final int MOST = 64;

    private static final int MOST_CHARS = 300;

    private final ConcurrentHashMap<String, Standby> byAddress = new ConcurrentHashMap<>();

    void heard(RoleRequest from, long nowNanos) {
        String address = from.getStandby();
        if (address.isEmpty() || address.length() > MOST_CHARS) {
            return;
        }
        byAddress.values().removeIf(standby -> isOld(standby, nowNanos));
        if (byAddress.size() < MOST || byAddress.containsKey(address)) {
            byAddress.put(
                    address,
                    new Standby(address, from.getAdminPort(), from.getAppliedRecord(), from.getReady(), nowNanos));
        }
    }

    List<Standby> recent(long nowNanos) {
        return byAddress.values().stream()
                .filter(standby -> !isOld(standby, nowNanos))
                .sorted(Comparator.comparing(Standby::address))
                .toList();
    }

    private static boolean isOld(Standby standby, long nowNanos) {
        return nowNanos - standby.heardNanos() > RECENT_NANOS;
    }
}
