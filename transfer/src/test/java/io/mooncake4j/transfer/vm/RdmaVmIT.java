package io.mooncake4j.transfer.vm;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** This module's tests over RDMA devices, each kind in a machine of its own; at the same time, since each takes one processor. */
@Tag("rdma-vm")
@Timeout(value = 40, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class RdmaVmIT {
    private static final Duration LIMIT = Duration.ofMinutes(18);
    /** So many there are at least, of each kind. */
    private static final int TESTS = 100;
    /** Behaviour and verbs. */
    private static final int TESTS_ON_JAVA_25 = 85;

    @Test
    void shouldPassWhenDeviceIsRxe() throws Exception {
        new DeviceTests(DeviceKind.RXE, LIMIT, TESTS_ON_JAVA_25).shouldAllPass(TESTS);
    }

    @Test
    void shouldPassWhenDeviceIsSiw() throws Exception {
        new DeviceTests(DeviceKind.SIW, LIMIT, TESTS_ON_JAVA_25).shouldAllPass(TESTS);
    }
}
