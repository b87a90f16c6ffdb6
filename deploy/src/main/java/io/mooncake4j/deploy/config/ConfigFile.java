package io.mooncake4j.deploy.config;

import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingSource;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Settings from a YAML file: one mapping of keys to single values, or to lists where commas would do. One file may serve
 * several processes: a key must be a setting of one of them. JSON is YAML, so a file of Mooncake's can be read; what has
 * no meaning here is told.
 */
public final class ConfigFile implements SettingSource {
    /** In Mooncake's file, but about what isn't built here. */
    private static final Set<String> MOONCAKES_WITHOUT_EFFECT = Set.of(
            "metadata_server",
            "device_name",
            "enable_ssd_offload",
            "ssd_offload_path",
            "enable_client_http_server",
            "client_http_port");

    private record Entry(String key, int line, String text) {}

    private final String name;
    private final Map<String, Entry> bySetting = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private ConfigFile(Path file) {
        this.name = file.toString();
    }

    /**
     * Reads and checks a file's keys; values are checked when they are used.
     *
     * @param known the settings of all processes
     * @throws SettingException naming file, line and what would be right
     */
    public static ConfigFile read(Path file, Collection<Setting<?>> known) {
        ConfigFile config = new ConfigFile(file);
        Optional<Node> root;
        try {
            root = new Compose(
                            LoadSettings.builder().setAllowNonScalarKeys(true).build())
                    .composeString(Files.readString(file));
        } catch (MarkedYamlEngineException e) {
            throw config.wrong(e.getProblemMark(), "this is no YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw new SettingException(file + ": this is no YAML: " + e.getMessage());
        } catch (NoSuchFileException e) {
            throw new SettingException(file + ": no such file");
        } catch (CharacterCodingException e) {
            throw new SettingException(file + ": this is no text in UTF-8");
        } catch (IOException e) {
            throw new SettingException(file + ": can't be read: " + e.getMessage());
        }
        root.ifPresent(node -> config.readAll(node, keys(known)));
        return config;
    }

    private static Map<String, String> keys(Collection<Setting<?>> known) {
        Map<String, String> settingByKey = new HashMap<>();
        for (Setting<?> setting : known) {
            for (String key : setting.fileKeys()) {
                settingByKey.put(key, setting.name());
            }
        }
        return settingByKey;
    }

    private void readAll(Node root, Map<String, String> settingByKey) {
        if (!(root instanceof MappingNode mapping)) {
            throw wrong(root.getStartMark(), "settings are written as 'key: value', one a line");
        }
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (!(keyNode instanceof ScalarNode scalar)) {
                throw wrong(keyNode.getStartMark(), "a key is one word");
            }
            String key = scalar.getValue();
            if (MOONCAKES_WITHOUT_EFFECT.contains(key)) {
                warnings.add(place(line(keyNode.getStartMark())) + ": " + key + " has no effect on mooncake4j");
                continue;
            }
            String setting = settingByKey.get(key);
            if (setting == null) {
                throw wrong(
                        keyNode.getStartMark(),
                        "unknown key '" + key + "'; did you mean '" + NearestWord.to(key, settingByKey.keySet())
                                + "'?");
            }
            Entry entry = new Entry(key, line(keyNode.getStartMark()), text(key, tuple.getValueNode()));
            Entry before = bySetting.put(setting, entry);
            if (before != null) {
                throw wrong(
                        keyNode.getStartMark(),
                        before.key.equals(key)
                                ? "'" + key + "' is there twice, first in line " + before.line
                                : "'" + key + "' means the same as '" + before.key + "' in line " + before.line);
            }
        }
    }

    private String text(String key, Node value) {
        if (value instanceof ScalarNode scalar
                && !(scalar.isPlain() && scalar.getValue().isEmpty())) {
            return scalar.getValue();
        }
        if (value instanceof SequenceNode sequence
                && !sequence.getValue().isEmpty()
                && sequence.getValue().stream().allMatch(ScalarNode.class::isInstance)) {
            return sequence.getValue().stream()
                    .map(item -> ((ScalarNode) item).getValue())
                    .collect(Collectors.joining(","));
        }
        throw wrong(value.getStartMark(), "'" + key + "' needs one value after the colon");
    }

    private SettingException wrong(Optional<Mark> mark, String message) {
        return new SettingException(place(line(mark)) + ": " + message);
    }

    private static int line(Optional<Mark> mark) {
        return mark.map(Mark::getLine).orElse(0) + 1;
    }

    private String place(int line) {
        return name + ":" + line;
    }

    @Override
    public Optional<Given> find(Setting<?> setting) {
        return Optional.ofNullable(bySetting.get(setting.name()))
                .map(entry -> new Given(entry.text, place(entry.line), place(entry.line) + ": " + entry.key));
    }

    /** What is in the file and has no effect. */
    public List<String> warnings() {
        return List.copyOf(warnings);
    }
}
