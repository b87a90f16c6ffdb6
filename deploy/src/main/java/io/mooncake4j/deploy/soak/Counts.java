package io.mooncake4j.deploy.soak;

import io.mooncake4j.deploy.replay.ReplayTally;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * What a workload has done.
 *
 * @param firstWrong where the first wrong bytes were; empty if there were none
 */
record Counts(long requests, long blocks, long hits, long failed, long wrongBytes, String firstWrong) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, "");

    static Counts of(ReplayTally tally) {
        return new Counts(
                tally.requests(),
                tally.blocks(),
                tally.hits(),
                tally.failedRequests(),
                tally.wrongBytes(),
                tally.firstWrong());
    }

    Counts plus(Counts other) {
        return new Counts(
                requests + other.requests,
                blocks + other.blocks,
                hits + other.hits,
                failed + other.failed,
                wrongBytes + other.wrongBytes,
                firstWrong.isEmpty() ? other.firstWrong : firstWrong);
    }

    /** So that a reader finds the whole of these or of those before, also if this process is killed meanwhile. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, List.of(requests + " " + blocks + " " + hits + " " + failed + " " + wrongBytes, firstWrong));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** None if the file isn't there yet. */
    static Counts read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return NONE;
        }
        List<String> lines = Files.readAllLines(file);
        String[] numbers = lines.get(0).split(" ");
        return new Counts(
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]),
                Long.parseLong(numbers[2]),
                Long.parseLong(numbers[3]),
                Long.parseLong(numbers[4]),
                lines.get(1));
    }
}
