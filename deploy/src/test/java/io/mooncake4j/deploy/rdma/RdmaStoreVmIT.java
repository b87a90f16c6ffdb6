package io.mooncake4j.deploy.rdma;

import io.mooncake4j.transfer.vm.DeviceKind;
import io.mooncake4j.transfer.vm.DeviceTests;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The whole store over each kind of RDMA device, on the Java of this build, each in a machine of its own. */
@Tag("rdma-vm")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class RdmaStoreVmIT {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    /** A second processor, since a fault is to meet a transfer that goes on meanwhile; six JVMs at a time. */
    private static final String[] OPTIONS = {
        "--cpus", "2", "--memory", "3G", "--java-option", "-XX:CompileThresholdScaling=10"
    };

    /** Invocations of those with parameters counted one by one. */
    private static final int TESTS_OVER_RXE = 16;
    /** It shows what the flush is for, and survives the loss of its network, too. */
    private static final int TESTS_OVER_SIW = TESTS_OVER_RXE + 2;

    @Test
    void shouldPassWhenDeviceIsRxe() throws Exception {
        DeviceTests.onJavaOfThisProcess(DeviceKind.RXE, LIMIT).shouldAllPass(TESTS_OVER_RXE, OPTIONS);
    }

    @Test
    void shouldPassWhenDeviceIsSiw() throws Exception {
        DeviceTests.onJavaOfThisProcess(DeviceKind.SIW, LIMIT).shouldAllPass(TESTS_OVER_SIW, OPTIONS);
    }
}
