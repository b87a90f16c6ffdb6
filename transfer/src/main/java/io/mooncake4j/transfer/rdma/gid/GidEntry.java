package io.mooncake4j.transfer.rdma.gid;

/**
 * An entry of a port's GID table.
 *
 * @param index of the table, from 0; what {@code MC_GID_INDEX} means
 * @param netDevice such as {@code eth0}; empty where Linux names none
 */
public record GidEntry(int index, Gid gid, GidType type, String netDevice) {
    /** Such as {@code 3 (RoCE v2, 10.0.0.7, eth0)}. */
    @Override
    public String toString() {
        return index + " (" + type.text() + ", " + gid + (netDevice.isEmpty() ? "" : ", " + netDevice) + ")";
    }
}
