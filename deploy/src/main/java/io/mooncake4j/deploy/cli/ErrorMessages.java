package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.EtcdException;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** One line an error, on standard error: what went wrong and what to do. */
final class ErrorMessages implements IExecutionExceptionHandler, IParameterExceptionHandler {
    private final Console console;

    ErrorMessages(Console console) {
        this.console = console;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, ParseResult parsed) {
        console.err().println(commandLine.getCommandSpec().qualifiedName(" ") + ": " + text(e));
        if (commandLine.getCommand() instanceof SettingsCommand command && command.verbose) {
            e.printStackTrace(console.err());
        }
        return ExitCode.FAILED;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine commandLine = e.getCommandLine();
        console.err().println("mooncake4j: " + e.getMessage());
        console.err().println("See '" + commandLine.getCommandSpec().qualifiedName(" ") + " --help'.");
        return ExitCode.WRONG_USAGE;
    }

    /** What went wrong and what to do, in one line. */
    static String text(Exception e) {
        if (e instanceof FailedException || e instanceof EtcdException) {
            return String.valueOf(e.getMessage());
        }
        if (e instanceof StoreException store) {
            return store.getMessage() + hint(store.code());
        }
        if (e instanceof UncheckedIOException wrapped && wrapped.getCause() instanceof FileSystemException file) {
            return text(file);
        }
        if (e instanceof FileSystemException file) {
            return file.getFile() + ": " + problem(file);
        }
        return e.getMessage() == null ? e.toString() : e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static String problem(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "a file is in the way of a directory";
        }
        return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    }

    private static String hint(ErrorCode code) {
        return switch (code) {
            case RPC_FAIL, RPC_TIMEOUT ->
                "; is the master up? Start one by 'mooncake4j master', or name another by --master host:port";
            case NO_AVAILABLE_HANDLE -> "; add a node by 'mooncake4j node', or try again when leases have ended";
            default -> "";
        };
    }
}
