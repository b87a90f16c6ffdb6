package io.mooncake4j.deploy.cli;

import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** A command of a client, whose results can be had as JSON. */
abstract class StoreCommand extends SettingsCommand {
    private static final int MAX_PARALLEL = 64;

    @Option(
            names = "--json",
            description = "Print results as JSON, one object a line. Names of fields don't change; new ones may come.")
    boolean json;

    StoreCommand(Console console) {
        super(console, Clients.SETTINGS);
    }

    /** One line of what went wrong, to standard error. */
    final void error(String text) {
        console.err().println("mooncake4j " + spec.name() + ": " + text);
    }

    final ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    final void checkParallel(int number) {
        if (number < 1 || number > MAX_PARALLEL) {
            throw wrong("--parallel is " + number + ", not 1 to " + MAX_PARALLEL);
        }
    }

    /** Prints to standard output what was asked for: the fields or the text. */
    final void print(Fields fields, String text) {
        if (json) {
            fields.print(console.out());
        } else {
            console.out().println(text);
        }
    }
}
