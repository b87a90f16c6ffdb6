package io.mooncake4j.deploy.soak;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.jspecify.annotations.Nullable;

/** Compares what one process holds early and late in its life. */
final class Inspection {
    private final String name;
    private final long pid;
    private @Nullable Footprint early;
    private @Nullable Footprint late;
    private String problem = "";

    /** @param pid of a running Java process, or this one */
    Inspection(String name, long pid) {
        this.name = name;
        this.pid = pid;
    }

    String name() {
        return name;
    }

    /** Null before {@link #begin}. */
    @Nullable
    Footprint early() {
        return early;
    }

    /** Null before {@link #end}. */
    @Nullable
    Footprint late() {
        return late;
    }

    /** Why it could not be looked into in the end; empty: it could. */
    String problem() {
        return problem;
    }

    boolean begun() {
        return early != null;
    }

    /** To be called when the process has warmed up. */
    void begin() throws IOException {
        early = measure();
    }

    /** To be called at the end; the process may be gone. */
    void end() {
        try {
            late = measure();
        } catch (IOException e) {
            problem = "process " + pid + " can't be looked into: " + e.getMessage();
        }
    }

    @SuppressWarnings("BanJNDI") // an address on this machine, from a process that this one has started
    private Footprint measure() throws IOException {
        if (pid == ProcessHandle.current().pid()) {
            return Footprint.ofThisProcess();
        }
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                JMXServiceURL address = new JMXServiceURL(machine.startLocalManagementAgent());
                try (JMXConnector connector = JMXConnectorFactory.connect(address)) {
                    return Footprint.of(connector.getMBeanServerConnection(), pid);
                }
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("can't look into " + name + ", process " + pid + ": run this with a JDK", e);
        }
    }
}
