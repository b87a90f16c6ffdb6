package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingType;
import java.util.List;
import java.util.stream.Collectors;

/** Every setting, as a page for people, made from the declarations. */
final class ConfigurationReference {
    private static final String HEAD = """
            # Settings

            This page is generated; `mooncake4j configuration` prints it.

            A setting has one name. `segment-size` is given by the flag `--segment-size`, else by the environment variable
            `MOONCAKE4J_SEGMENT_SIZE`, else by the key `segment-size` in the configuration file; else its default holds. Names of
            Mooncake's that mean the same are read too: after ours, from the same kind of place. Other names of Mooncake's that are
            set (`MC_*`, `MOONCAKE_*`) are named in a warning at start.

            `--print-config` shows every effective value of a command and where it comes from.

            ## Configuration file

            `--config FILE` or `MOONCAKE4J_CONFIG` names a YAML file of keys and values, flat:

            ```yaml
            # one file may serve a master, its nodes and clients
            master: [10.0.0.1:50051, 10.0.0.2:50051]
            segment-size: 64GB
            memory: hugetlbfs:/dev/hugepages
            log-level: INFO
            ```

            Each process takes from it what is its own. A key that is no setting of any process, or that is given twice, is refused;
            the error names the line and the nearest key. A file of Mooncake's clients (`MOONCAKE_CONFIG_PATH`, JSON) can be read:
            keys of it that have no meaning here are named in a warning.

            ## Values

            | shown as | written as |
            |---|---|
            | SIZE | `512`, `64KB`, `1.5GB`: bytes; units are powers of 1024 |
            | DURATION | `200us`, `500ms`, `10s`, `30m`, `24h`; a number without unit is refused, but for 0 |
            | RATIO | `0.9` |
            | N | a whole number |
            | `a\\|b` | one of these words |
            | HOST:PORT[,...] | `10.0.0.1:50051`, `[fd00::1]:50051`; in the file also a list |

            """;

    private ConfigurationReference() {}

    static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        section(
                page,
                "Clients",
                "`put`, `get`, `exists`, `rm`, `ls`, `stat`, `top`, `bench` and `replay`."
                        + " `MooncakeClient.fromEnvironment()` reads the same variables, but for the last two.",
                Clients.SETTINGS);
        section(page, "Node", "`mooncake4j node`.", NodeSettings.ALL);
        section(
                page,
                "Master",
                "`mooncake4j master`. `mooncake4j metadata` takes the `etcd-*` ones, too, except `etcd-quota`.",
                MasterSettings.ALL);
        section(
                page,
                "Doctor",
                "`mooncake4j doctor`: what it holds the machine against, with the meaning that it has for nodes and clients.",
                DoctorSettings.ALL);
        page.append("## Launcher\n\nEnvironment variables that `bin/mooncake4j` reads before Java starts.\n\n")
                .append("| variable | default | meaning |\n|---|---|---|\n");
        for (LauncherVariables variable : LauncherVariables.values()) {
            page.append("| `" + variable + "` | " + variable.shownDefault + " | " + variable.meaning + " |\n");
        }
        return page.toString();
    }

    private static void section(StringBuilder page, String title, String what, List<Setting<?>> settings) {
        page.append("## " + title + "\n\n" + what + "\n\n")
                .append("| name and file key | value | default | meaning | flag | environment |\n")
                .append("|---|---|---|---|---|---|\n");
        for (Setting<?> setting : settings) {
            page.append("| " + fileKeys(setting) + " | " + value(setting.type()) + " | "
                    + (setting.defaultText().isEmpty() ? "none" : code(setting.defaultText())) + " | "
                    + setting.meaning().replace("|", "\\|") + " | " + flag(setting) + " | " + variables(setting)
                    + " |\n");
        }
        page.append("\n");
    }

    private static String fileKeys(Setting<?> setting) {
        return setting.equals(CommonSettings.CONFIG)
                ? code(setting.name()) + " (not in the file)"
                : setting.fileKeys().stream().map(ConfigurationReference::code).collect(Collectors.joining(", "));
    }

    private static String value(SettingType<?> type) {
        return (type.words().isEmpty() ? type.unit() : code(type.unit()))
                .concat(type.range().isEmpty() ? "" : ", " + type.range())
                .replace("|", "\\|");
    }

    private static String flag(Setting<?> setting) {
        return setting.type() == SettingType.SWITCH
                ? code(setting.flag()) + ", " + code("--no-" + setting.name())
                : code(setting.flag());
    }

    private static String variables(Setting<?> setting) {
        return setting.variables().stream()
                .map(variable -> code(variable.name())
                        + (variable.unitSuffix().isEmpty() ? "" : " (in " + variable.unitSuffix() + ")"))
                .collect(Collectors.joining(", "));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }
}
