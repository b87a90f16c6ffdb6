package io.mooncake4j.transfer.rdma.gid;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.Comparator;
import java.util.List;

/**
 * The GID of a port that connections are to be made with.
 *
 * @param why for people
 */
public record GidChoice(GidEntry entry, String why) {
    /** What {@code MC_GID_INDEX} says for a search. */
    public static final int SEARCH = 0;

    /**
     * Takes the entry of that index, whatever it is worth, or searches for the best.
     *
     * @throws StoreException NOT_SUPPORTED, naming device, port, index and the entries that there are
     */
    public static GidChoice of(GidTable table, int index) {
        return index == SEARCH ? search(table) : exactly(table, index);
    }

    private static GidChoice exactly(GidTable table, int index) {
        return table.present().stream()
                .filter(entry -> entry.index() == index)
                .findFirst()
                .map(entry -> new GidChoice(entry, "MC_GID_INDEX names it"))
                .orElseThrow(() -> failed(
                        table,
                        "has no GID " + index + ", which MC_GID_INDEX names; it has: " + table.text()
                                + "; unset MC_GID_INDEX to have one chosen, since the right one differs by machine"));
    }

    private static GidChoice search(GidTable table) {
        List<GidEntry> present = table.present();
        return present.stream()
                .filter(entry -> entry.type() != GidType.ROCE_V1 && entry.type() != GidType.UNKNOWN)
                .min(Comparator.comparing(GidRank::of).thenComparing(GidEntry::index))
                .map(entry -> new GidChoice(entry, GidRank.of(entry).why()))
                .orElseThrow(() -> failed(
                        table,
                        present.isEmpty()
                                ? "has no GID: its network device is down, or has no IP address; see ip address"
                                : "has no GID that could be chosen, only: " + table.text()
                                        + "; MC_GID_INDEX takes one of these all the same"));
    }

    private static StoreException failed(GidTable table, String what) {
        return new StoreException(
                ErrorCode.NOT_SUPPORTED, "device " + table.device() + ", port " + table.port() + ", " + what);
    }
}
