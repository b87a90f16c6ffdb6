package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.rdma.verbs.CmId;
import io.mooncake4j.transfer.rdma.verbs.Context;
import io.mooncake4j.transfer.rdma.verbs.DeviceInfo;
import io.mooncake4j.transfer.rdma.verbs.DeviceLimits;
import io.mooncake4j.transfer.rdma.verbs.EventChannel;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import io.mooncake4j.transfer.rdma.verbs.ProtectionDomain;
import io.mooncake4j.transfer.rdma.verbs.RdmaDevices;
import io.mooncake4j.transfer.rdma.verbs.RdmaLibrary;
import io.mooncake4j.transfer.rdma.verbs.RdmaSupport;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open device with a protection domain of its owner's. Safe for all threads. */
public final class RdmaDevice implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RdmaDevice.class);

    private final DeviceChoice choice;
    private final Context context;
    private final ProtectionDomain pd;

    private RdmaDevice(DeviceChoice choice, Context context, ProtectionDomain pd) {
        this.choice = choice;
        this.context = context;
        this.pd = pd;
    }

    /**
     * Opens the first device that the options allow and that can be used.
     *
     * @throws StoreException NOT_SUPPORTED, saying why there is none and what would change that
     */
    public static RdmaDevice open(RdmaOptions options) {
        RdmaSupport support = RdmaLibrary.probe();
        if (!support.on()) {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, support.reason());
        }
        try {
            FoundDevices found = RdmaDevices.find();
            DeviceChoice choice = DeviceChoice.of(found.devices(), options.devices())
                    .orElseThrow(() ->
                            new StoreException(ErrorCode.NOT_SUPPORTED, DeviceChoice.none(found, options.devices())));
            try (EventChannel channel = EventChannel.open();
                    CmId id = channel.newId()) {
                id.bind(new InetSocketAddress(choice.address(), 0));
                Context context = id.context(); // stays open in this process
                return new RdmaDevice(choice, context, context.allocatePd());
            }
        } catch (IOException e) {
            throw new StoreException(ErrorCode.NOT_SUPPORTED, "the RDMA device can't be used: " + e.getMessage(), e);
        }
    }

    public DeviceInfo info() {
        return choice.device();
    }

    public DeviceLimits limits() {
        return choice.device().limits();
    }

    /** Where its connections come from and go to. */
    public InetAddress address() {
        return choice.address();
    }

    /** Of all that this device's owner makes on it. */
    public ProtectionDomain pd() {
        return pd;
    }

    public Context context() {
        return context;
    }

    /** To be called after everything that was made on it is closed. */
    @Override
    public void close() {
        try {
            pd.close();
        } catch (IOException e) {
            LOG.warn("{} isn't given back: {}", this, e.getMessage());
        }
    }

    @Override
    public String toString() {
        return choice.device().name() + " (" + choice.address().getHostAddress() + ")";
    }
}
