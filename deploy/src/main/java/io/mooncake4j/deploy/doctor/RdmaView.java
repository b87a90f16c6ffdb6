package io.mooncake4j.deploy.doctor;

import io.mooncake4j.transfer.rdma.RdmaOptions;
import io.mooncake4j.transfer.rdma.RdmaTrial;
import io.mooncake4j.transfer.rdma.RdmaTrialResult;
import io.mooncake4j.transfer.rdma.verbs.FoundDevices;
import io.mooncake4j.transfer.rdma.verbs.RdmaDevices;
import io.mooncake4j.transfer.rdma.verbs.RdmaLibrary;
import io.mooncake4j.transfer.rdma.verbs.RdmaSupport;
import java.io.IOException;
import java.time.Duration;

/** RDMA as this process can use it. */
public interface RdmaView {
    /** Whether the library could be loaded; what follows is asked only then. */
    RdmaSupport library();

    FoundDevices devices() throws IOException;

    /** Connects a device to itself. */
    RdmaTrialResult trial(String device);

    /** This process's own. */
    static RdmaView real() {
        return new RdmaView() {
            /** Patient: what is found is to be the device's fault, not that of a busy machine. */
            private final RdmaOptions options = RdmaOptions.DEFAULT.withConnectTimeout(Duration.ofSeconds(20));

            @Override
            public RdmaSupport library() {
                return RdmaLibrary.loaded();
            }

            @Override
            public FoundDevices devices() throws IOException {
                return RdmaDevices.find();
            }

            @Override
            public RdmaTrialResult trial(String device) {
                return RdmaTrial.run(device, options);
            }
        };
    }
}
