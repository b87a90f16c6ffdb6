package io.mooncake4j.transfer.vm;

import java.util.Locale;

/** What the kernel emulates: InfiniBand's verbs over UDP, or iWARP over TCP, which limits callers as Alibaba's eRDMA does. */
public enum DeviceKind {
    RXE("10.77.1.1"),
    SIW("10.77.2.1");

    private static final String PROPERTY = "mooncake4j.rdma.device";
    private final String address;

    DeviceKind(String address) {
        this.address = address;
    }

    /** The one device of the machine that this JVM runs in. */
    public static DeviceKind here() {
        String given = System.getProperty(PROPERTY, "");
        for (DeviceKind each : values()) {
            if (each.text().equals(given)) {
                return each;
            }
        }
        throw new IllegalStateException(
                "-D" + PROPERTY + "=" + given
                        + " is neither rxe nor siw: tests over devices run in a virtual machine (transfer/src/test/vm/run --help)");
    }

    /** As scripts, tags of tests and the property {@code mooncake4j.rdma.device} have it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of the device, as in {@code /sys/class/infiniband}. */
    public String deviceName() {
        return text() + "0";
    }

    /** IPv4, of the device's interface. Connections to it are answered by the same device. */
    public String address() {
        return address;
    }

    /** The argument of a JVM that makes it see {@link #here()}. */
    String argument() {
        return "-D" + PROPERTY + "=" + text();
    }
}
