package io.mooncake4j.transfer.rdma.gid;

/** What a GID is used with. */
public enum GidType {
    INFINIBAND("InfiniBand"),
    /** Doesn't pass routers. */
    ROCE_V1("RoCE v1"),
    ROCE_V2("RoCE v2"),
    /** Stands for the device alone: connections are made by IP address, through rdma_cm. */
    IWARP("iWARP"),
    UNKNOWN("of unknown type");

    private final String text;

    GidType(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }
}
