package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KeyInfo;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.inspect.Inspector;
import io.mooncake4j.deploy.inspect.ObjectReport;
import io.mooncake4j.transfer.settings.Settings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}. */
@Command(
        name = "ls",
        description = {
            "List keys, one a line, in no order.",
            "Keys that come or go meanwhile may be listed or not. Control characters in keys are shown as escapes, and"
                    + " backslashes doubled; --json has the very keys."
        },
        footer = {
            "  mooncake4j ls models/llama",
            "  mooncake4j ls --long",
            "  mooncake4j ls --json | jq -r 'select(.size_bytes > 1e6) | .key'"
        })
final class ListCommand extends StoreCommand {
    private static final String ROW = "%15s %8s %-4s %9s %9s  %s%n";

    @Parameters(paramLabel = "PREFIX", arity = "0..1", defaultValue = "", description = "Only keys that start with it.")
    private String prefix = "";

    @Option(
            names = {"-l", "--long"},
            description = "Also show size in bytes, replicas, pin (hard, soft or none), time until the last read lease"
                    + " ends, and time since the last access.")
    private boolean detailed;

    private boolean headed;

    ListCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) {
        if (detailed) {
            try (Inspector inspector = new Inspector(settings)) {
                inspector.list(prefix, this::show);
            }
        } else {
            try (MooncakeClient client = Clients.open(settings)) {
                for (KeyInfo key : client.listKeys(prefix)) {
                    print(
                            new Fields().with("key", key.key()).with("size_bytes", key.sizeBytes()),
                            Printable.of(key.key()));
                }
            }
        }
        return ExitCode.DONE;
    }

    private void show(ObjectReport object) {
        if (json) {
            StatFields.object(object).print(console.out());
            return;
        }
        if (!headed) {
            console.out().printf(ROW, "size", "replicas", "pin", "lease", "idle", "key");
            headed = true;
        }
        console.out()
                .printf(
                        ROW,
                        Figures.count(object.sizeBytes()),
                        object.replicas().size(),
                        object.pin(),
                        object.leaseLeft().isZero() ? "-" : Figures.span(object.leaseLeft()),
                        Figures.span(object.idle()),
                        Printable.of(object.key()));
    }
}
