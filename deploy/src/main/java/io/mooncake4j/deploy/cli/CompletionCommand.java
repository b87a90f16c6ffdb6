package io.mooncake4j.deploy.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code completion}. */
@Command(
        name = "completion",
        description = {
            "Print a script that completes commands and flags at the Tab key.",
            "The launcher must be called by the name mooncake4j: put it on the PATH, or make an alias."
        },
        footer = {
            "  source <(mooncake4j completion bash)                # this shell",
            "  mooncake4j completion bash >/etc/bash_completion.d/mooncake4j",
            "  source <(mooncake4j completion zsh)                 # in ~/.zshrc"
        })
final class CompletionCommand extends ToolCommand {
    /** Shells whose completion there is. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}. One script serves both.")
    @SuppressWarnings("NullAway.Init")
    private Shell shell;

    CompletionCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        return print(AutoComplete.bash(spec.root().name(), spec.root().commandLine()));
    }
}
