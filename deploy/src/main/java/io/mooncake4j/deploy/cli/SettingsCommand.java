package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.config.ConfigFile;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import io.mooncake4j.transfer.settings.Variables;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A command with settings: declares their flags, resolves them, shows them, and warns of variables without effect. */
abstract class SettingsCommand extends HelpfulCommand implements Callable<Integer> {
    final Console console;
    private final List<Setting<?>> declared;
    private List<String> configWarnings = List.of();

    @Option(names = "--print-config", description = "Print each effective setting and its source, and exit.")
    boolean printConfig;

    @Option(
            names = {"-v", "--verbose"},
            description = "Log more, and show where an error came from.")
    boolean verbose;

    SettingsCommand(Console console, List<Setting<?>> declared) {
        this.console = console;
        this.declared = declared;
    }

    abstract int run(Settings settings) throws Exception;

    List<Setting<?>> declared() {
        return declared;
    }

    /** Adds a flag for each setting; its text comes from the declaration. */
    void addFlags(CommandSpec to) {
        for (Setting<?> setting : declared) {
            boolean onOff = setting.type() == SettingType.SWITCH;
            OptionSpec.Builder option = OptionSpec.builder(setting.flag())
                    .paramLabel(setting.type().unit())
                    .type(onOff ? Boolean.class : String.class)
                    .arity(onOff ? "0" : "1")
                    .negatable(onOff)
                    .description(
                            setting.meaning() + ".",
                            "Default " + shown(setting) + "; environment " + names(setting) + ".");
            if (!onOff && !setting.type().words().isEmpty()) {
                option.completionCandidates(setting.type().words());
            }
            to.addOption(option.build());
        }
    }

    @Override
    public Integer call() throws Exception {
        Settings settings;
        try {
            settings = resolve();
        } catch (SettingException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (printConfig) {
            printConfig(settings);
            return ExitCode.DONE;
        }
        configWarnings.forEach(console::warn);
        Set<String> unused = Variables.withoutEffect(console.environment(), declared, CommandLines.allSettings());
        unused.removeAll(LauncherVariables.names());
        if (!unused.isEmpty()) {
            console.warn("set, but without effect on '" + spec.name() + "': " + String.join(", ", unused));
        }
        warnings(settings).forEach(console::warn);
        settings.values().stream()
                .filter(value -> value.setting().name().equals(CommonSettings.LOG_LEVEL.name()))
                .forEach(value -> Logs.start(value.text(), verbose));
        try {
            return run(settings);
        } catch (SettingException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private Settings resolve() {
        List<SettingSource> sources = new ArrayList<>();
        sources.add(this::fromFlag);
        sources.add(SettingSource.environment(console.environment()));
        Settings.Value<?> file = Settings.resolve(List.of(CommonSettings.CONFIG), sources)
                .values()
                .get(0);
        if (!file.text().isEmpty()) {
            Path path = Path.of(file.text());
            if (!Files.exists(path)) {
                throw new SettingException(file.place() + ": " + path + ": no such file");
            }
            ConfigFile config = ConfigFile.read(path, CommandLines.fileSettings());
            configWarnings = config.warnings();
            sources.add(config);
        }
        return Settings.resolve(declared, sources);
    }

    /** What was asked for and has no effect. */
    private List<String> warnings(Settings settings) {
        List<String> warnings = new ArrayList<>();
        if (settings.isGiven(MasterSettings.ADMIN_PORT)) {
            warnings.add(MasterSettings.ADMIN_PORT.flag()
                    + " is set, but administration over HTTP is not built yet: the port is not opened");
        }
        if (declared.contains(JournalSettings.JOURNAL)) {
            warnings.addAll(JournalSettings.warnings(settings));
        }
        return warnings;
    }

    private Optional<SettingSource.Given> fromFlag(Setting<?> setting) {
        Object given = spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), null);
        return Optional.ofNullable(given)
                .map(value -> new SettingSource.Given(value.toString(), "flag " + setting.flag()));
    }

    private void printConfig(Settings settings) {
        if (this instanceof StoreCommand store && store.json) {
            settings.values()
                    .forEach(value -> new Fields()
                            .with("setting", value.setting().name())
                            .with("value", value.text())
                            .with("source", value.place())
                            .print(console.out()));
            return;
        }
        TextTable table = new TextTable("setting", "value", "source");
        for (Settings.Value<?> value : settings.values()) {
            table.row(value.setting().name(), value.text(), value.place());
        }
        table.print(console.out());
    }

    private static String shown(Setting<?> setting) {
        return setting.defaultText().isEmpty() ? "none" : setting.defaultText();
    }

    private static String names(Setting<?> setting) {
        return String.join(
                ", ", setting.variables().stream().map(Setting.Variable::name).toList());
    }
}
