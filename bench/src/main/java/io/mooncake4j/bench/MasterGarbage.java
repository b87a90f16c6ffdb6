package io.mooncake4j.bench;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** How many bytes all threads of a process on this machine have allocated so far. */
final class MasterGarbage implements AutoCloseable {
    private final JMXConnector connector;
    private final ThreadMXBean threads;

    private MasterGarbage(JMXConnector connector, ThreadMXBean threads) {
        this.connector = connector;
        this.threads = threads;
    }

    /** @param processId of a process of a JVM like this one */
    @SuppressWarnings("BanJNDI") // over loopback, to a process of one's own that was just attached to
    static MasterGarbage of(String processId) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(processId);
            try {
                JMXConnector connector =
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
                return new MasterGarbage(
                        connector,
                        ManagementFactory.getPlatformMXBean(connector.getMBeanServerConnection(), ThreadMXBean.class));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("can't look into process " + processId, e);
        }
    }

    /** Of those threads that are alive; a master's are, as long as it runs. */
    long allocatedBytes() {
        long sum = 0;
        for (long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
