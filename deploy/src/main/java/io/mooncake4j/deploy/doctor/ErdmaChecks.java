package io.mooncake4j.deploy.doctor;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Alibaba Cloud's driver: its mode, its version, and what follows for connections. */
final class ErdmaChecks {
    private static final String MODULE = "/sys/module/erdma";
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+)");
    /** Of the package; before 1.5.6 rdma_cm fails in standard mode, before 1.5.7 regions of 4 GB and huge pages of 1 GB. */
    private static final String OLDEST = "1.5.7";
    /** Of the module; from here on it has rdma_cm in compat mode. */
    private static final String CM_IN_COMPAT = "0.2.36";

    private final Host host;
    private final Findings findings;

    ErdmaChecks(Host host, Findings findings) {
        this.host = host;
        this.findings = findings;
    }

    void run(List<HostDevice> devices) {
        if (devices.stream().noneMatch(HostDevice::isErdma)) {
            return;
        }
        mode(host.text(MODULE + "/parameters/compat_mode"), host.text(MODULE + "/version"));
        eadm();
        smc();
    }

    private void mode(String compat, String version) {
        String module = version.isEmpty() ? "" : "; module erdma " + version;
        if (!host.exists(MODULE)) {
            findings.unknown(
                    "erdma-mode", MODULE + " isn't there", "see cat " + MODULE + "/parameters/compat_mode on the host");
        } else if (!host.exists(MODULE + "/parameters/compat_mode")) {
            findings.ok(
                    "erdma-mode",
                    "standard, since the driver has no compat_mode: connections by rdma_cm; both ends have to be in the"
                            + " same mode" + module);
        } else if (compat.equals("N")) {
            findings.ok(
                    "erdma-mode",
                    "standard (compat_mode N): connections by rdma_cm; both ends have to be in the same mode" + module);
        } else if (compat.equals("Y")) {
            compat(version, module);
        } else {
            findings.unknown(
                    "erdma-mode",
                    "compat_mode can't be read",
                    "see cat " + MODULE + "/parameters/compat_mode on the host");
        }
    }

    private void compat(String version, String module) {
        String text = "compat (compat_mode Y): connections by rdma_cm, which this mode has since module erdma "
                + CM_IN_COMPAT + "; both ends have to be in the same mode" + module;
        String standard = "update the driver, or take standard mode: options erdma compat_mode=N in"
                + " /etc/modprobe.d/erdma.conf, then reload the module";
        if (VERSION.matcher(version).find() && isOlder(version, CM_IN_COMPAT)) {
            findings.warning("erdma-mode", text, standard); // whether it works all the same is what the trial says
        } else if (version.isEmpty()) {
            findings.warning("erdma-mode", text + "; the module doesn't say its version", standard);
        } else {
            findings.ok("erdma-mode", text);
        }
    }

    private void eadm() {
        Optional<String> printed = host.run("eadm", "ver");
        Matcher version = VERSION.matcher(printed.orElse(""));
        if (!version.find()) {
            findings.unknown(
                    "erdma-driver",
                    printed.isEmpty() ? "eadm isn't here, or fails" : "eadm ver says no version",
                    "eadm ver on the host: " + OLDEST + " or newer");
        } else if (isOlder(version.group(), OLDEST)) {
            findings.warning(
                    "erdma-driver",
                    version.group() + " (eadm ver): before 1.5.6 rdma_cm fails in standard mode, before 1.5.7 memory on"
                            + " pages of 1 GB is registered wrong",
                    "update Alibaba Cloud's eRDMA driver to " + OLDEST + " or newer, on all hosts");
        } else {
            findings.ok("erdma-driver", version.group() + " (eadm ver)");
        }
    }

    private void smc() {
        if (!host.exists("/sys/module/smc")) {
            findings.ok("smc-r", "module smc isn't loaded: TCP stays TCP");
        } else if (host.text("/proc/sys/net/smc/tcp2smc").equals("1")) {
            findings.warning(
                    "smc-r",
                    "all TCP of this network goes by SMC-R over the same NIC (net.smc.tcp2smc=1)",
                    "sysctl -w net.smc.tcp2smc=0, or compare with it switched off: it takes queue pairs and memory of"
                            + " the NIC");
        } else {
            findings.ok("smc-r", "module smc is loaded; TCP goes by it only for programs that ask for it (smc_run)");
        }
    }

    private static boolean isOlder(String version, String than) {
        Matcher is = VERSION.matcher(version);
        Matcher least = VERSION.matcher(than);
        if (!is.find() || !least.find()) {
            return false;
        }
        for (int i = 1; i <= 3; i++) {
            int difference = Integer.parseInt(is.group(i)) - Integer.parseInt(least.group(i));
            if (difference != 0) {
                return difference < 0;
            }
        }
        return false;
    }
}
