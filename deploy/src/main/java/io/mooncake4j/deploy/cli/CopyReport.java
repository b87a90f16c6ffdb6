package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.copy.CopyResult;
import io.mooncake4j.deploy.copy.CopyResult.Status;
import io.mooncake4j.deploy.copy.CopyTally;
import io.mooncake4j.deploy.copy.ParallelCopy;
import io.mooncake4j.transfer.wire.StoreException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells how a put or get of many keys goes and went. */
final class CopyReport {
    private static final long SHOW_EVERY_MILLIS = 200;

    private final StoreCommand command;
    private final Console console;
    private final boolean many;
    private final long startNanos = System.nanoTime();

    /** @param many whether errors must say which key they are about */
    CopyReport(StoreCommand command, boolean many) {
        this.command = command;
        this.console = command.console;
        this.many = many;
    }

    /** One key's JSON, if asked for, and its error, if there is one. */
    void each(CopyResult result) {
        if (command.json) {
            fields(result).print(console.out());
        }
        Exception failure = result.failure();
        String key = Printable.of(result.item().key());
        if (result.status() == Status.NOT_FOUND) {
            command.error(key + ": not found");
        } else if (failure != null) {
            command.error((many ? key + ": " : "") + ErrorMessages.text(failure));
        }
    }

    private static Fields fields(CopyResult result) {
        return new Fields()
                .with("key", result.item().key())
                .with("file", result.item().file().toString())
                .with("status", result.status().name().toLowerCase(Locale.ROOT))
                .with("size_bytes", result.sizeBytes())
                .with("replicas", result.replicas())
                .with("error", error(result.failure()));
    }

    private static @Nullable Object error(@Nullable Exception failure) {
        return failure == null
                ? null
                : new Fields()
                        .with(
                                "code",
                                failure instanceof StoreException store
                                        ? store.code().name()
                                        : "LOCAL")
                        .with("message", ErrorMessages.text(failure))
                        .with("retryable", failure instanceof StoreException store && store.retryable())
                        .asMap();
    }

    /**
     * Shows progress until the end, then a summary.
     *
     * @param total how many items there are; -1: not known
     */
    int follow(ParallelCopy copy, long total) throws InterruptedException {
        CopyTally tally = copy.tally();
        try (ProgressLine progress = new ProgressLine(console)) {
            while (!copy.await(SHOW_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.show(Figures.count(tally.items()) + (total < 0 ? "" : " of " + Figures.count(total)) + ", "
                        + moved(tally) + failed(tally));
            }
        }
        if (!command.json) {
            console.out().println(summary(tally));
        }
        return exitCode(tally);
    }

    /** Waits for a copy of one item, about which {@link #each} says enough. */
    int awaitOne(ParallelCopy copy) throws InterruptedException {
        copy.await(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        return exitCode(copy.tally());
    }

    private static int exitCode(CopyTally tally) {
        return tally.count(Status.FAILED) > 0
                ? ExitCode.FAILED
                : tally.count(Status.NOT_FOUND) > 0 ? ExitCode.NOT_FOUND : ExitCode.DONE;
    }

    private String summary(CopyTally tally) {
        StringBuilder summary = new StringBuilder();
        for (Status status : Status.values()) {
            long count = tally.count(status);
            if (count > 0 && status != Status.FAILED) {
                summary.append(status.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .append(' ')
                        .append(Figures.count(count))
                        .append(", ");
            }
        }
        return summary + "failed " + Figures.count(tally.count(Status.FAILED)) + "; " + moved(tally) + " in "
                + Figures.time(System.nanoTime() - startNanos);
    }

    private String moved(CopyTally tally) {
        return Figures.size(tally.movedBytes()) + ", "
                + Figures.rate(tally.movedBytes(), System.nanoTime() - startNanos);
    }

    private static String failed(CopyTally tally) {
        long failed = tally.count(Status.FAILED) + tally.count(Status.NOT_FOUND);
        return failed == 0 ? "" : ", " + Figures.count(failed) + " failed";
    }
}
