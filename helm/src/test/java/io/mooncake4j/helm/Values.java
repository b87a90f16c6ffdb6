package io.mooncake4j.helm;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Files of values as Helm merges them. */
final class Values {
    private Values() {}

    static Map<String, Object> read(Path file) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        Serialization.unmarshal(Files.readString(file), Map.class)
                .forEach((name, value) -> values.put(name.toString(), value));
        return values;
    }

    /** The default values with those of a file over them, as YAML. */
    static String merged(Path file) throws IOException {
        return Serialization.asYaml(over(read(Chart.DIRECTORY.resolve("values.yaml")), read(file)));
    }

    /** Values by names with dots, as YAML. */
    static String nested(Map<String, Object> values) {
        Map<String, Object> all = Map.of();
        for (Map.Entry<String, Object> each : values.entrySet()) {
            Object value = each.getValue();
            String[] parts = each.getKey().split("[.]");
            for (int i = parts.length - 1; i >= 0; i--) {
                value = Map.of(parts[i], value);
            }
            all = over(all, (Map<?, ?>) value);
        }
        return Serialization.asYaml(all);
    }

    private static Map<String, Object> over(Map<?, ?> under, Map<?, ?> over) {
        Map<String, Object> all = new LinkedHashMap<>();
        under.forEach((name, value) -> all.put(name.toString(), value));
        over.forEach((name, value) -> all.merge(
                name.toString(),
                value,
                (old, now) -> old instanceof Map<?, ?> a && now instanceof Map<?, ?> b ? over(a, b) : now));
        return all;
    }
}
