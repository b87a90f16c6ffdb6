package io.mooncake4j.transfer.rdma.verbs;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** {@code libdisni.so}: found, held against what this jar expects, and loaded, once per process. */
public final class RdmaLibrary {
    private static final String NAME = System.mapLibraryName("disni");
    private static final String FLAG = "--add-exports java.base/sun.nio.ch=ALL-UNNAMED";
    private static final String LINE = "JDK_JAVA_OPTIONS=\"" + FLAG + " -Djava.library.path=DIR\"";
    private static final String REBUILD = "build it anew: mvn -Dquick -pl transfer -am package leaves it in"
            + " transfer/target/native (gcc, libibverbs-dev and librdmacm-dev)";
    private static final String DISNI = "com.ibm.disni.util.MemoryUtils";

    private RdmaLibrary() {}

    /** Whether RDMA can be used here, and why not. Never throws; asked once, the answer stays. Any thread. */
    public static RdmaSupport probe() {
        return Probed.SUPPORT;
    }

    /** Whether library and flag are there, whatever devices there are. Never throws; asked once. Any thread. */
    public static RdmaSupport loaded() {
        return Loaded.SUPPORT;
    }

    /** Version and build options of the loaded library; empty where none is. Any thread. */
    public static String buildInfo() {
        return loaded().on() ? NativeVerbs.buildInfo() : "";
    }

    private static final class Loaded {
        static final RdmaSupport SUPPORT = safely(RdmaLibrary::find);
    }

    private static final class Probed {
        static final RdmaSupport SUPPORT = loaded().on() ? safely(RdmaLibrary::withDevice) : loaded();
    }

    private interface Attempt {
        RdmaSupport make() throws IOException;
    }

    private static RdmaSupport safely(Attempt attempt) {
        try {
            return attempt.make();
        } catch (IOException | RuntimeException | LinkageError e) {
            return RdmaSupport.off("RDMA can't be used: " + e);
        }
    }

    private static RdmaSupport find() throws IOException {
        Class<?> disni;
        try {
            disni = Class.forName(DISNI, false, RdmaLibrary.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            return RdmaSupport.off("DiSNI isn't on the class path: add com.ibm.disni:disni:2.1, and " + LINE);
        }
        Path library = onLibraryPath();
        if (library == null) {
            return RdmaSupport.off("no " + NAME + " in any directory of java.library.path ("
                    + System.getProperty("java.library.path", "") + "): add " + LINE
                    + ", where DIR holds the one that mooncake4j built");
        }
        if (!Object.class.getModule().isExported("sun.nio.ch", disni.getModule())) {
            return RdmaSupport.off("the JVM's flag for DiSNI is missing: add JDK_JAVA_OPTIONS=\"" + FLAG + "\"");
        }
        String refused = load(library);
        if (refused != null) {
            return RdmaSupport.off(refused);
        }
        return new RdmaSupport(true, library + ", version " + NativeVerbs.buildInfo());
    }

    /** The directories in which {@code System.loadLibrary}, and so DiSNI, looks, in its order. */
    private static @Nullable Path onLibraryPath() {
        for (String directory :
                List.of(System.getProperty("java.library.path", "").split(File.pathSeparator, -1))) {
            Path file = Path.of(directory.isEmpty() ? "." : directory, NAME).toAbsolutePath();
            if (Files.isRegularFile(file)) {
                return file;
            }
        }
        return null;
    }

    /** @return why it must not be used, null where it may */
    private static @Nullable String load(Path library) throws IOException {
        try {
            System.loadLibrary("disni");
        } catch (UnsatisfiedLinkError e) {
            return library + " can't be loaded (" + e.getMessage() + "): install libibverbs1 and librdmacm1, or "
                    + REBUILD;
        }
        String info;
        try {
            info = NativeVerbs.buildInfo();
        } catch (UnsatisfiedLinkError e) {
            return library + " is not mooncake4j's, which has more than DiSNI's own: " + REBUILD;
        }
        String expected = expectedVersion();
        String version = info.split(" ", 2)[0];
        return version.equals(expected)
                ? null
                : library + " is of version " + version + ", and this jar needs " + expected + ": " + REBUILD;
    }

    private static RdmaSupport withDevice() {
        FoundDevices found;
        try {
            found = RdmaDevices.find();
        } catch (IOException e) {
            return RdmaSupport.off("the devices can't be used: " + e.getMessage());
        }
        List<DeviceInfo> devices = found.devices();
        if (devices.isEmpty() && !found.unusable().isEmpty()) {
            return RdmaSupport.off("no RDMA device can be used: " + String.join(", ", found.unusable()));
        }
        if (devices.isEmpty()) {
            return RdmaSupport.off("this machine has no RDMA device (/sys/class/infiniband): load the driver of yours,"
                    + " such as modprobe erdma, and give a container /dev/infiniband");
        }
        if (devices.stream()
                .noneMatch(device -> device.portActive() && !device.addresses().isEmpty())) {
            return RdmaSupport.off("no RDMA device has an active port and an IPv4 address that rdma_cm finds: "
                    + devices.stream().map(DeviceInfo::name).toList()
                    + (found.unusable().isEmpty() ? "" : ", nor do " + String.join(", ", found.unusable()))
                    + "; see rdma link and ip address");
        }
        return loaded();
    }

    /** The version of this jar and the number of the natives' interface. */
    static String expectedVersion() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = RdmaLibrary.class.getResourceAsStream("library.properties")) {
            if (in == null) {
                throw new IOException("library.properties isn't in the jar of mooncake4j-transfer");
            }
            properties.load(in);
        }
        return properties.getProperty("library.version", "") + "/" + properties.getProperty("library.interface", "");
    }
}
