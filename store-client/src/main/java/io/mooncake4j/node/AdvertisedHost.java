package io.mooncake4j.node;

import io.mooncake4j.transfer.rpc.OwnAddress;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;

/** The address that a node tells the master, for clients to come to. */
final class AdvertisedHost {
    private AdvertisedHost() {}

    /**
     * The given host, or if it is empty this machine's address towards the masters.
     *
     * @throws StoreException INVALID_PARAMS if there is none, or only this machine could reach it and a master is elsewhere
     */
    static String choose(String given, List<HostPort> masters) {
        List<InetSocketAddress> known = masters.stream()
                .map(master -> new InetSocketAddress(master.host(), master.port()))
                .filter(address -> !address.isUnresolved())
                .sorted(Comparator.comparing(address -> address.getAddress().isLoopbackAddress()))
                .toList();
        if (given.isEmpty()) {
            return towards(known, masters);
        }
        boolean elsewhere = !known.isEmpty() && !known.get(0).getAddress().isLoopbackAddress();
        if (isOnlyLocal(given, elsewhere)) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "clients elsewhere can't reach this node at " + given + ": set --host to an address of this machine"
                            + " that they can, or leave it out");
        }
        return given;
    }

    private static boolean isOnlyLocal(String host, boolean masterIsElsewhere) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isAnyLocalAddress() || (masterIsElsewhere && address.isLoopbackAddress());
        } catch (UnknownHostException e) {
            return false; // a name that only others know
        }
    }

    private static String towards(List<InetSocketAddress> known, List<HostPort> masters) {
        if (known.isEmpty()) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "none of the masters " + masters + " is a known host, so this node's own address is unknown too:"
                            + " correct --master, or set --host");
        }
        try {
            return OwnAddress.towards(known.get(0));
        } catch (IOException e) {
            throw new StoreException(
                    ErrorCode.INVALID_PARAMS,
                    "no route to the master at " + known.get(0) + " (" + e + "): set --host",
                    e);
        }
    }
}
