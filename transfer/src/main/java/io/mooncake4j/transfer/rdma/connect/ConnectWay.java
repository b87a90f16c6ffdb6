package io.mooncake4j.transfer.rdma.connect;

/** How queue pairs are connected. */
public enum ConnectWay {
    /** By librdmacm: the only way of iWARP, and so of eRDMA in standard mode. */
    CM("by rdma_cm"),
    /** By moving queue pairs through their states, with what the ends tell each other over TCP: eRDMA in compat mode. */
    OOB("out of band");

    private final String text;

    ConnectWay(String text) {
        this.text = text;
    }

    /** For people. */
    public String text() {
        return text;
    }

    ConnectWay other() {
        return this == CM ? OOB : CM;
    }
}
