package io.mooncake4j.helm;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where on this machine the files of a container are, since it has no file system of its own here. */
final class ContainerPaths {
    private final Map<String, Path> real =
            new TreeMap<>(Comparator.comparing(String::length).reversed().thenComparing(path -> path));

    private ContainerPaths() {}

    /**
     * Makes what its volumes hold.
     *
     * @param image the distribution, as the image has it
     * @param pod a directory that ends with the pod
     * @param host a directory that is the host's
     */
    static ContainerPaths of(PodSpec spec, Manifests manifests, Path image, Path pod, Path host) {
        ContainerPaths paths = new ContainerPaths();
        paths.real.put("/opt/mooncake4j", image);
        try {
            // files of settings last: they name the other paths
            for (VolumeMount mount : spec.getContainers().get(0).getVolumeMounts()) {
                paths.mount(mount, volume(spec, mount.getName()), pod, host);
            }
            for (VolumeMount mount : spec.getContainers().get(0).getVolumeMounts()) {
                Volume volume = volume(spec, mount.getName());
                if (volume.getConfigMap() != null) {
                    String text = manifests
                            .the(ConfigMap.class, volume.getConfigMap().getName())
                            .getData()
                            .get(mount.getSubPath());
                    Files.writeString(paths.real.get(mount.getMountPath()), paths.translated(text));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return paths;
    }

    private static Volume volume(PodSpec spec, String name) {
        return spec.getVolumes().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void mount(VolumeMount mount, Volume volume, Path pod, Path host) throws IOException {
        Path place;
        if (volume.getHostPath() != null) {
            place = host.resolve(volume.getHostPath().getPath().substring(1));
            Files.createDirectories(place);
        } else if (volume.getConfigMap() != null) {
            place = pod.resolve(mount.getSubPath());
        } else if (volume.getEmptyDir() != null) {
            place = Files.createDirectories(pod.resolve(volume.getName()));
        } else {
            throw new IllegalStateException("volume " + volume + " has no counterpart here");
        }
        real.put(mount.getMountPath(), place);
    }

    /** A text with paths of this machine in place of the container's. */
    String translated(String text) {
        Pattern paths =
                Pattern.compile(real.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")));
        return paths.matcher(text)
                .replaceAll(found ->
                        Matcher.quoteReplacement(real.get(found.group()).toString()));
    }
}
