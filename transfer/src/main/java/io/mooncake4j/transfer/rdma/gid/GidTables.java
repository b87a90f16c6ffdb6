package io.mooncake4j.transfer.rdma.gid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** GID tables as Linux shows them in its files. */
public final class GidTables {
    private static final int MOST_ENTRIES = 4096;
    private static final String INFINIBAND = "InfiniBand";

    private GidTables() {}

    /**
     * What a port has; nothing where that can't be read.
     *
     * @param devices {@code /sys/class/infiniband}
     */
    public static GidTable read(Path devices, String device, int port) {
        Path directory = devices.resolve(device).resolve("ports").resolve(Integer.toString(port));
        boolean iwarp = text(devices.resolve(device).resolve("node_type")).endsWith("RNIC");
        boolean infiniband = text(directory.resolve("link_layer")).equals(INFINIBAND);
        List<GidEntry> entries = new ArrayList<>();
        for (int i = 0; i < MOST_ENTRIES && Files.exists(gidFile(directory, i)); i++) {
            Gid gid = gid(text(gidFile(directory, i)));
            if (!gid.isZero()) { // the others have no type either
                Path attributes = directory.resolve("gid_attrs");
                String type = text(attributes.resolve("types").resolve(Integer.toString(i)));
                String netDevice = text(attributes.resolve("ndevs").resolve(Integer.toString(i)));
                entries.add(new GidEntry(i, gid, type(type, iwarp, infiniband), netDevice));
            }
        }
        return new GidTable(device, port, entries);
    }

    private static Path gidFile(Path port, int index) {
        return port.resolve("gids").resolve(Integer.toString(index));
    }

    private static Gid gid(String text) {
        try {
            return Gid.parse(text);
        } catch (IllegalArgumentException e) {
            return new Gid(0, 0);
        }
    }

    /** Linux calls InfiniBand and RoCE v1 the same, and iWARP like them. */
    private static GidType type(String text, boolean iwarp, boolean infiniband) {
        if (iwarp) {
            return GidType.IWARP;
        }
        return switch (text) {
            case "RoCE v2" -> GidType.ROCE_V2;
            case "IB/RoCE v1" -> infiniband ? GidType.INFINIBAND : GidType.ROCE_V1;
            default -> GidType.UNKNOWN;
        };
    }

    /** Empty where Linux refuses to tell, as it does for what an entry lacks. */
    private static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
