package io.mooncake4j.transfer.vm;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.engine.JupiterTestEngine;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * The program in the virtual machine: runs test classes, named fully or simply, or methods of them ({@code Class#method}).
 * Tests tagged with the other kind of device are left out, and on later versions of Java those tagged {@code java17}, which
 * are about devices and processes more than about Java. Exits with 0 if there were tests and all of them ran and passed.
 */
public final class GuestTests {
    /** Names the file that the report is also written to; optional. */
    static final String REPORT = "mooncake4j.vm.report";

    private GuestTests() {}

    /** @param arguments the classes and methods */
    public static void main(String... arguments) throws IOException {
        DeviceKind device = DeviceKind.here();
        ClassesOfPath classes = ClassesOfPath.ofThisProcess();
        List<DiscoverySelector> selected =
                Arrays.stream(arguments).map(each -> selector(classes, each)).toList();
        ReportingListener listener = new ReportingListener();
        // the other engines on the class path cost seconds here
        LauncherFactory.create(LauncherConfig.builder()
                        .enableTestEngineAutoRegistration(false)
                        .addTestEngines(new JupiterTestEngine())
                        .build())
                .execute(request(device, selected), listener);
        GuestReport report = listener.report();
        System.out.println(report.text());
        String file = System.getProperty(REPORT, "");
        if (!file.isEmpty()) {
            report.write(Path.of(file));
        }
        System.exit(report.allPassed() ? 0 : 1);
    }

    private static List<String> excludedTags(DeviceKind device) {
        List<String> tags = new ArrayList<>();
        for (DeviceKind each : DeviceKind.values()) {
            if (each != device) {
                tags.add(each.text());
            }
        }
        int java = Runtime.version().feature();
        if (java != 17) {
            tags.add("java17");
            System.out.println("On Java " + java + " without the tests tagged java17");
        }
        return tags;
    }

    private static LauncherDiscoveryRequest request(DeviceKind device, List<DiscoverySelector> selected) {
        return LauncherDiscoveryRequestBuilder.request()
                .selectors(selected)
                .filters(TagFilter.excludeTags(excludedTags(device)))
                // an emulated processor is ten times slower
                .configurationParameter("junit.jupiter.execution.timeout.default", "240 s")
                .build();
    }

    private static DiscoverySelector selector(ClassesOfPath classes, String argument) {
        int method = argument.indexOf('#');
        return method < 0
                ? selectClass(classes.fullName(argument))
                : selectMethod(classes.fullName(argument.substring(0, method)) + argument.substring(method));
    }
}
