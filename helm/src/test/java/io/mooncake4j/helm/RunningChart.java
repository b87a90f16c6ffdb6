package io.mooncake4j.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.mooncake4j.helm.PodProcess.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The chart's pods as processes of this machine: what Kubernetes does to a pod (an address, a name that others look up, files,
 * environment, probes, hooks, signals and their order) is done to a process at a loopback address of its own. Several threads
 * may replace pods at the same time, each others.
 */
final class RunningChart implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);

    private final Manifests manifests;
    private final Path directory;
    private final Path image;
    private final PodNetwork network;
    private final Map<String, PodProcess> running = new ConcurrentHashMap<>();
    private final List<PodProcess> all = new CopyOnWriteArrayList<>();
    private final AtomicInteger podNumber = new AtomicInteger();

    /** Nothing runs yet. */
    RunningChart(Manifests manifests) throws IOException, InterruptedException {
        this.manifests = manifests;
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "mooncake4j-test-");
        image = Distribution.unpackedInto(directory.resolve("image"));
        network = new PodNetwork(directory);
    }

    /** Starts all pods of it at once; its names are those of the pods. */
    void startStatefulSet(String name) {
        StatefulSet set = manifests.the(StatefulSet.class, name);
        for (int i = 0; i < set.getSpec().getReplicas(); i++) {
            startOf(set, i);
        }
    }

    private PodProcess startOf(StatefulSet set, int ordinal) {
        String podName = set.getMetadata().getName() + "-" + ordinal;
        Place place = new Place(podName, network.newAddress(), "host-of-" + podName);
        network.name(
                podName + "." + set.getSpec().getServiceName() + "." + Chart.NAMESPACE + ".svc.cluster.local",
                place.address());
        return start(podName, place, set.getSpec().getTemplate().getSpec());
    }

    /** A pod of the DaemonSet, which always gets a name and an address that no pod had. */
    PodProcess startNode(String hostName) {
        String podName = Chart.FULL_NAME + "-node-" + podNumber.incrementAndGet();
        Place place = new Place(podName, network.newAddress(), hostName);
        return start(hostName, place, manifests.node().getSpec());
    }

    private PodProcess start(String key, Place place, PodSpec spec) {
        try {
            String own = place.podName() + "-" + place.address();
            Path pod = Files.createDirectories(directory.resolve("pods").resolve(own));
            Path host = directory.resolve("hosts.d").resolve(place.hostName());
            ContainerPaths paths = ContainerPaths.of(spec, manifests, image, pod, host);
            PodProcess process = new PodProcess(place, spec, paths, directory, network);
            running.put(key, process);
            all.add(process);
            return process;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a StatefulSet's pod by its name, of a node's by its host's. */
    PodProcess pod(String key) {
        return running.get(key);
    }

    /** As a kubelet finds out. */
    boolean isReady(PodProcess pod, PodSpec spec) {
        Container container = spec.getContainers().get(0);
        return Stream.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe())
                .allMatch(probe -> Probes.succeeds(probe, container, pod.place().address()));
    }

    void awaitReady(PodProcess pod, PodSpec spec) {
        await(pod.place() + " is ready")
                .atMost(START)
                .failFast(() -> assertThat(pod.isAlive()).as(pod.toString()).isTrue())
                .until(() -> isReady(pod, spec));
    }

    void awaitStatefulSet(String name) {
        StatefulSet set = manifests.the(StatefulSet.class, name);
        for (int i = 0; i < set.getSpec().getReplicas(); i++) {
            awaitReady(pod(name + "-" + i), set.getSpec().getTemplate().getSpec());
        }
    }

    void awaitNode(String hostName) {
        awaitReady(pod(hostName), manifests.node().getSpec());
    }

    /** In Kubernetes' order: the last one first, each when the one before has been ready for as long as it has to be. */
    void replaceStatefulSet(String name, Pause pause) {
        StatefulSet set = manifests.the(StatefulSet.class, name);
        for (int i = set.getSpec().getReplicas() - 1; i >= 0; i--) {
            pod(name + "-" + i).end();
            awaitReady(startOf(set, i), set.getSpec().getTemplate().getSpec());
            pause.pass(Duration.ofSeconds(set.getSpec().getMinReadySeconds()));
        }
    }

    /** Lets time pass in which something else has to go on. */
    interface Pause {
        void pass(Duration time);
    }

    /** Ends a node's pod and starts another one on its host. */
    PodProcess replaceNode(String hostName) {
        pod(hostName).end();
        PodProcess next = startNode(hostName);
        awaitNode(hostName);
        return next;
    }

    /**
     * What {@code helm test} does.
     *
     * @param variables NAME=value, instead of what the chart says
     */
    PodProcess startTest(String... variables) {
        PodSpec spec = new PodBuilder(manifests.the(Pod.class, Chart.FULL_NAME + "-test"))
                .build()
                .getSpec();
        for (String each : variables) {
            String[] parts = each.split("=", 2);
            spec.getContainers().get(0).getEnv().add(new EnvVar(parts[0], parts[1], null));
        }
        return start("test", new Place("test", network.newAddress(), "host-of-test"), spec);
    }

    /** What a node's pod does before the node. */
    PodProcess startDoctor() {
        PodSpec spec = new PodSpecBuilder(manifests.node().getSpec()).build();
        spec.setContainers(spec.getInitContainers());
        return start("doctor", new Place("doctor", network.newAddress(), "host-of-doctor"), spec);
    }

    /** A program of the tests, which looks names up as pods do. */
    ProcessBuilder program(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                network.javaFlag(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    Path directory() {
        return directory;
    }

    /** The end of what all pods printed. */
    String logs() {
        StringBuilder logs = new StringBuilder();
        for (PodProcess each : all) {
            String text = each.toString();
            logs.append(text.substring(Math.max(0, text.length() - 2500))).append("\n----\n");
        }
        return logs.toString();
    }

    @Override
    public void close() throws IOException {
        all.forEach(PodProcess::close);
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
