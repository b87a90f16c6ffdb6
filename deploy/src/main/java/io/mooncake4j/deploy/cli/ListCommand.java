package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KeyInfo;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}. */
@Command(
        name = "ls",
        description = "List keys, one a line, in no order.",
        footer = {"", "Example:", "  mooncake4j ls -l models/llama"})
final class ListCommand extends SettingsCommand {
    @Parameters(paramLabel = "PREFIX", arity = "0..1", defaultValue = "", description = "Only keys that start with it.")
    private String prefix = "";

    @Option(names = "-l", description = "Show sizes in bytes, too.")
    private boolean sizes;

    ListCommand(Console console) {
        super(console, Clients.SETTINGS);
    }

    @Override
    int run(Settings settings) {
        try (MooncakeClient client = Clients.open(settings)) {
            for (KeyInfo key : client.listKeys(prefix)) {
                console.out().println(sizes ? key.sizeBytes() + "\t" + key.key() : key.key());
            }
        }
        return ExitCode.DONE;
    }
}
