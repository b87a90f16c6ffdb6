package io.mooncake4j.deploy.cli;

import java.util.concurrent.Callable;

/** A command about the command line itself, without settings. */
abstract class ToolCommand extends HelpfulCommand implements Callable<Integer> {
    final Console console;

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
