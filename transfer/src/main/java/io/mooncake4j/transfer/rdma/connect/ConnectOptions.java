package io.mooncake4j.transfer.rdma.connect;

/**
 * How queue pairs are connected. All but the first counts out of band only: rdma_cm finds out the rest by itself.
 *
 * @param compat which way
 * @param gidIndex of our address; 0: the best is searched for
 * @param gidRetries how often another one is tried that was found by the search, where the best doesn't do
 * @param port of the device, from 1
 * @param mtuBytes of a packet at most; less where either end's port has less
 */
public record ConnectOptions(
        CompatMode compat,
        int gidIndex,
        int gidRetries,
        int port,
        int mtuBytes,
        int trafficClass,
        int serviceLevel,
        int pkeyIndex) {
    public static final ConnectOptions DEFAULT = new ConnectOptions(CompatMode.AUTO, 0, 2, 1, 4096, 0, 0, 0);

    /** The same in another mode. */
    public ConnectOptions withCompat(CompatMode mode) {
        return new ConnectOptions(mode, gidIndex, gidRetries, port, mtuBytes, trafficClass, serviceLevel, pkeyIndex);
    }
}
