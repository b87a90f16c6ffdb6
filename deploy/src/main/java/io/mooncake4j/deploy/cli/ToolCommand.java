package io.mooncake4j.deploy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command about the command line itself, without settings. */
abstract class ToolCommand implements Callable<Integer> {
    final Console console;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text and exit.")
    boolean help;

    ToolCommand(Console console) {
        this.console = console;
    }

    /** Prints a text that has its own line ends. */
    final int print(String text) {
        console.out().print(text);
        console.out().flush();
        return ExitCode.DONE;
    }
}
