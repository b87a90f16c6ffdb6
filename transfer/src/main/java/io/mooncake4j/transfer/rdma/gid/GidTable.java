package io.mooncake4j.transfer.rdma.gid;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The GIDs of a port.
 *
 * @param port of the device, from 1
 * @param entries in the order of their indexes; empty ones may be left out
 */
public record GidTable(String device, int port, List<GidEntry> entries) {
    public GidTable {
        entries = List.copyOf(entries);
    }

    /** Entries that aren't empty. */
    public List<GidEntry> present() {
        return entries.stream().filter(entry -> !entry.gid().isZero()).toList();
    }

    /** Entries that aren't empty, for people. */
    String text() {
        List<GidEntry> present = present();
        return present.isEmpty()
                ? "none"
                : present.stream().map(GidEntry::toString).collect(Collectors.joining(", "));
    }
}
