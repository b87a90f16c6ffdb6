package io.mooncake4j.deploy.cli;

import io.mooncake4j.client.KeyResult;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code exists}. */
@Command(
        name = "exists",
        description = "Say for each key whether it can be read. Exit code 0 if all can, 3 if not.",
        footer = "  mooncake4j exists greeting || echo gone")
final class ExistsCommand extends StoreCommand {
    @Parameters(paramLabel = "KEY", arity = "1..*", description = "Keys to look for.")
    private List<String> keys = List.of();

    ExistsCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings) {
        boolean all = true;
        try (MooncakeClient client = Clients.open(settings)) {
            List<KeyResult<Long>> results = client.existsBatch(keys);
            for (int i = 0; i < keys.size(); i++) {
                boolean there = results.get(i).orThrow().isPresent();
                print(
                        new Fields()
                                .with("key", keys.get(i))
                                .with("exists", there)
                                .with("size_bytes", there ? results.get(i).value() : null),
                        (there ? "yes\t" : "no\t") + Printable.of(keys.get(i)));
                all &= there;
            }
        }
        return all ? ExitCode.DONE : ExitCode.NOT_FOUND;
    }
}
