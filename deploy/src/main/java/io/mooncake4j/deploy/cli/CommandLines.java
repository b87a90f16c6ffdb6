package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.settings.Setting;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** Puts the command line together. */
final class CommandLines {
    private CommandLines() {}

    /** The root command with all others, ready to execute. */
    static CommandLine create(Console console) {
        CommandLine root = new CommandLine(new RootCommand());
        commands(console).forEach(command -> add(command, root));
        CommandLine metadata = new CommandLine(new MetadataCommand());
        List.of(new CheckCommand(console), new DumpCommand(console), new ResetCommand(console))
                .forEach(command -> add(command, metadata));
        root.addSubcommand(metadata);
        root.addSubcommand(new CompletionCommand(console));
        root.addSubcommand(new ConfigurationCommand(console));
        arrange(root);
        ErrorMessages errors = new ErrorMessages(console);
        Converters.register(root);
        root.setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors)
                .setUsageHelpAutoWidth(console.terminal())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(console.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
        return root;
    }

    private static void add(SettingsCommand command, CommandLine to) {
        CommandLine commandLine = new CommandLine(command);
        command.addFlags(commandLine.getCommandSpec());
        to.addSubcommand(commandLine);
    }

    private static void arrange(CommandLine commandLine) {
        HelpPages.arrange(commandLine);
        commandLine.getSubcommands().values().forEach(CommandLines::arrange);
    }

    private static List<SettingsCommand> commands(Console console) {
        return List.of(
                new MasterCommand(console),
                new NodeCommand(console),
                new PutCommand(console),
                new GetCommand(console),
                new ExistsCommand(console),
                new RemoveCommand(console),
                new ListCommand(console),
                new StatCommand(console),
                new TopCommand(console),
                new BenchCommand(console),
                new ReplayCommand(console),
                new DoctorCommand(console));
    }

    /** The settings that a configuration file may have. */
    static Set<Setting<?>> fileSettings() {
        Set<Setting<?>> all = allSettings();
        all.remove(CommonSettings.CONFIG);
        return all;
    }

    /** The settings of all processes. */
    static Set<Setting<?>> allSettings() {
        List<Setting<?>> all = new ArrayList<>(MasterSettings.ALL);
        all.addAll(NodeSettings.ALL);
        all.addAll(Clients.SETTINGS);
        all.addAll(DoctorSettings.ALL);
        return new LinkedHashSet<>(all);
    }
}
