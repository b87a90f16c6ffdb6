package io.mooncake4j.deploy.cli;

import picocli.CommandLine.Command;

/** {@code configuration}. */
@Command(
        name = "configuration",
        description = {
            "Print the reference of all settings, in Markdown.",
            "What one command makes of flags, environment and file is shown by its --print-config."
        },
        footer = {"  mooncake4j configuration | less", "  mooncake4j node --print-config"})
final class ConfigurationCommand extends ToolCommand {
    ConfigurationCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        return print(ConfigurationReference.markdown());
    }
}
