package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.wire.StoreException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** RDMA where it is asked for and can be had; elsewhere TCP, and one line in the log of a process that says why. */
public final class RdmaAvailability {
    private static final Logger LOG = LoggerFactory.getLogger(RdmaAvailability.class);
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    private RdmaAvailability() {}

    /** A device to move bytes over, which the caller closes. */
    public static Optional<RdmaDevice> open(RdmaOptions options) {
        return orTcp(() -> RdmaDevice.open(options));
    }

    /** What is made, or nothing and the line. */
    public static <T> Optional<T> orTcp(Supplier<T> maker) {
        try {
            return Optional.of(maker.get());
        } catch (StoreException e) {
            if (SAID.add(e.reason())) {
                LOG.warn(
                        "RDMA is off, bytes move over TCP: {} ('mooncake4j doctor --protocol rdma' says more)",
                        e.reason());
            }
            return Optional.empty();
        }
    }
}
