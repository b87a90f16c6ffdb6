package io.mooncake4j.transfer.vm;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Counts tests and prints each as it ends. */
final class ReportingListener implements TestExecutionListener {
    private final Map<String, Long> started = new ConcurrentHashMap<>();
    private final AtomicInteger found = new AtomicInteger();
    private final List<String> passed = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        found.addAndGet((int) plan.countTestIdentifiers(TestIdentifier::isTest));
    }

    @Override
    public void dynamicTestRegistered(TestIdentifier test) {
        if (test.isTest()) {
            found.incrementAndGet();
        }
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public synchronized void executionSkipped(TestIdentifier test, String reason) {
        skipped.add(name(test) + ": " + reason);
        System.out.println("skipped " + name(test) + ": " + reason);
    }

    @Override
    public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
        boolean success = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
        Duration took = Duration.ofNanos(System.nanoTime() - started.getOrDefault(test.getUniqueId(), 0L));
        String line = name(test) + ", " + took.toMillis() + " ms";
        if (success && !test.isTest()) {
            System.out.println("ended " + line);
            return;
        }
        switch (result.getStatus()) {
            case SUCCESSFUL -> passed.add(name(test));
            case ABORTED -> skipped.add(line + ": " + trace(result));
            case FAILED -> failures.add(line + System.lineSeparator() + trace(result));
        }
        System.out.println(result.getStatus().name().toLowerCase(Locale.ROOT) + " " + line);
    }

    synchronized GuestReport report() {
        return new GuestReport(
                Runtime.version().feature(), found.get(), passed.size(), List.copyOf(skipped), List.copyOf(failures));
    }

    private static String trace(TestExecutionResult result) {
        return result.getThrowable()
                .map(thrown -> {
                    StringWriter text = new StringWriter();
                    thrown.printStackTrace(new PrintWriter(text, true));
                    return text.toString();
                })
                .orElse("no exception");
    }

    private static String name(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        if (source instanceof MethodSource method) {
            String simple =
                    method.getClassName().substring(method.getClassName().lastIndexOf('.') + 1);
            boolean named = test.getDisplayName().startsWith(method.getMethodName() + "(");
            return simple + "." + method.getMethodName() + (named ? "" : " " + test.getDisplayName());
        }
        return source instanceof ClassSource of ? of.getClassName() : test.getDisplayName();
    }
}
