package io.mooncake4j.transfer.rdma.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code MC_ERDMA_COMPAT_MODE} says of the driver's mode, and so of the way to connect. */
public enum CompatMode {
    /** As the driver itself says. */
    AUTO,
    ON,
    OFF;

    private static final Path PARAMETER = Path.of("/sys/module/erdma/parameters/compat_mode");
    private static final String ERDMA = "erdma";

    /** @param driver of the device */
    public ConnectWay way(String driver) {
        return way(driver, PARAMETER);
    }

    ConnectWay way(String driver, Path parameter) {
        return switch (this) {
            case ON -> ConnectWay.OOB;
            case OFF -> ConnectWay.CM;
            case AUTO -> driver.equals(ERDMA) && isOn(parameter) ? ConnectWay.OOB : ConnectWay.CM;
        };
    }

    /** Linux's own driver has no such parameter, and only the other mode. */
    private static boolean isOn(Path parameter) {
        try {
            return Files.readString(parameter).strip().equals("Y");
        } catch (IOException e) {
            return false;
        }
    }
}
