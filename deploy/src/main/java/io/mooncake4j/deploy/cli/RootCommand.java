package io.mooncake4j.deploy.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code mooncake4j} without a command. */
@Command(
        name = "mooncake4j",
        versionProvider = RootCommand.Version.class,
        description = {
            "A distributed KV-cache store for LLM inference.",
            "A master knows where objects are, nodes lend the memory that holds them, clients put and get.",
            "Settings come from flags, else environment variables, else a configuration file, else defaults;"
                    + " 'mooncake4j configuration' lists them all. 'mooncake4j COMMAND --help' tells the rest."
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  mooncake4j master &",
            "  mooncake4j node --segment-size 1GB &",
            "  echo hello | mooncake4j put greeting -",
            "  mooncake4j get greeting",
            "  mooncake4j top"
        })
final class RootCommand extends HelpfulCommand implements Runnable {
    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show version and Java, and exit.")
    boolean version;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = RootCommand.class.getPackage().getImplementationVersion();
            return new String[] {
                "mooncake4j " + (version == null ? "(unpackaged)" : version),
                "Java " + Runtime.version() + " in " + System.getProperty("java.home")
            };
        }
    }
}
