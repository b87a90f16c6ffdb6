package io.mooncake4j.deploy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** {@code metadata}. */
@Command(
        name = "metadata",
        description = {
            "Look after what masters with --journal etcd keep in etcd: which objects lie where.",
            "'check' says whether all of it is sound, 'dump' prints it, 'reset' deletes it. Each takes the same --etcd-*"
                    + " settings as the masters do: with the masters' configuration file, --config alone."
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  mooncake4j metadata check --config /etc/mooncake4j.yaml",
            "  mooncake4j metadata dump --etcd-endpoints http://10.0.0.1:2379 | gzip >placement.gz"
        })
final class MetadataCommand extends HelpfulCommand implements Runnable {
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: check, dump or reset");
    }
}
