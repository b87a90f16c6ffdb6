package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.mooncake4j.transfer.debian.DebianPackage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The container of a pod, with the command, environment and files that the chart gives it. */
final class PodProcess implements AutoCloseable {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Z0-9_]+)\\)");
    private static final long HOOK_SECONDS = 30;

    /** Where Kubernetes has put it. */
    record Place(String podName, String address, String hostName) {}

    private final Place place;
    private final PodSpec spec;
    private final Container container;
    private final ContainerPaths paths;
    private final Map<String, String> environment;
    private final Path log;
    private final Process process;

    PodProcess(Place place, PodSpec spec, ContainerPaths paths, Path directory, PodNetwork network) {
        this.place = place;
        this.spec = spec;
        this.container = spec.getContainers().get(0);
        this.paths = paths;
        this.environment = environment();
        // what a network of its own would do
        String flags = environment.getOrDefault("MOONCAKE4J_JAVA_OPTS", "");
        environment.put("MOONCAKE4J_JAVA_OPTS", (flags + " " + network.javaFlag()).trim());
        if (container.getPorts() != null && !container.getPorts().isEmpty()) {
            environment.put("MOONCAKE4J_BIND_HOST", place.address());
        }
        try {
            log = Files.createTempFile(directory, place.podName() + "-", ".log");
            process = run(command(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> environment() {
        Map<String, String> all = new HashMap<>();
        for (EnvVar each : container.getEnv()) {
            all.put(each.getName(), each.getValue() == null ? field(each) : expanded(each.getValue(), all));
        }
        all.replaceAll((name, value) -> paths.translated(value));
        return all;
    }

    private String field(EnvVar variable) {
        String path = variable.getValueFrom().getFieldRef().getFieldPath();
        return switch (path) {
            case "metadata.name" -> place.podName();
            case "status.podIP" -> place.address();
            case "spec.nodeName" -> place.hostName();
            default -> throw new IllegalStateException(path + " has no counterpart here");
        };
    }

    private static String expanded(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group())));
    }

    private List<String> command() {
        List<String> command = Stream.concat(
                        container.getCommand().stream(),
                        container.getArgs() == null ? Stream.empty() : container.getArgs().stream())
                .map(part -> paths.translated(expanded(part, environment)))
                .toList();
        if (!command.get(0).equals("etcd")) {
            return command;
        }
        List<String> found = new ArrayList<>(command); // of another image, which has it on its PATH
        found.set(
                0,
                DebianPackage.named("etcd-server")
                        .file("mooncake4j.etcd", "usr/bin/etcd")
                        .toString());
        return found;
    }

    private Process run(List<String> command, Path output) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
        builder.environment().clear();
        builder.environment().put("PATH", System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        if (container.getWorkingDir() != null) {
            builder.directory(
                    Path.of(paths.translated(container.getWorkingDir())).toFile());
        }
        return builder.start();
    }

    Place place() {
        return place;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Both outputs so far. */
    String printed() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of one that ends by itself. */
    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("ended: " + this).isTrue();
        return process.exitValue();
    }

    /** As Kubernetes ends a pod: the hook, then SIGTERM; that it must not have to kill it is checked. */
    void end() {
        try {
            endInTime();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void endInTime() throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(spec.getTerminationGracePeriodSeconds());
        if (container.getLifecycle() != null) {
            List<String> hook = container.getLifecycle().getPreStop().getExec().getCommand();
            Process running = run(hook.stream().map(paths::translated).toList(), log);
            assertThat(running.waitFor(HOOK_SECONDS, TimeUnit.SECONDS)).isTrue();
            assertThat(running.exitValue()).as("hook of " + this).isZero();
        }
        process.destroy();
        assertThat(process.waitFor(endNanos - System.nanoTime(), TimeUnit.NANOSECONDS))
                .as("ended in its grace period: " + this)
                .isTrue();
        assertThat(process.exitValue()).as(toString()).isZero();
    }

    @Override
    public String toString() {
        return place + (process.isAlive() ? ", alive:\n" : ", ended:\n") + printed();
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
