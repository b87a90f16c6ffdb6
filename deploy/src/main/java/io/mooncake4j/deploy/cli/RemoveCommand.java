package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rm}. */
@Command(
        name = "rm",
        description = "Remove objects by key, by pattern, or all of the tenant's.",
        footer = {"  mooncake4j rm greeting today", "  mooncake4j rm --regex '^replay-'", "  mooncake4j rm --all"})
final class RemoveCommand extends StoreCommand {
    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init")
    private Which which;

    private static final class Which {
        @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys to remove.")
        private @Nullable List<String> keys;

        @Option(names = "--regex", paramLabel = "R", description = "Keys in which this (RE2) pattern is found.")
        private @Nullable String regex;

        @Option(names = "--all", description = "All keys of the tenant.")
        private boolean all;
    }

    RemoveCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) {
        try (MooncakeClient client = Clients.open(settings)) {
            if (which.keys != null) {
                return remove(client, which.keys);
            }
            long removed = which.regex != null ? client.removeByRegex(which.regex) : client.removeAll();
            print(new Fields().with("removed", removed), "removed " + removed);
            return ExitCode.DONE;
        }
    }

    private int remove(MooncakeClient client, List<String> keys) {
        int removed = 0;
        List<? extends KeyResult<?>> results = client.removeBatch(keys);
        for (int i = 0; i < keys.size(); i++) {
            if (results.get(i).orThrow().isPresent()) {
                removed++;
            } else {
                console.err().println("mooncake4j rm: " + Printable.of(keys.get(i)) + ": not found");
            }
        }
        print(new Fields().with("removed", removed), "removed " + removed);
        return removed == keys.size() ? ExitCode.DONE : ExitCode.NOT_FOUND;
    }
}
