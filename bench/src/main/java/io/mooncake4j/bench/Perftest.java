package io.mooncake4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of the perftest programs, such as {@code ib_read_bw}, against another process of it on the same device: the speed of
 * the device with nothing around it.
 */
record Perftest(String program, String device, String address, int messageBytes, int messages) {
    private static final int TRIES = 10;
    private static final int CONNECTS = 50;
    private static final long BETWEEN_CONNECTS_MILLIS = 200;
    /** Of one run, in an emulated machine: it never waits for a peer that is gone. */
    private static final long LONGEST_SECONDS = 60;

    /** MiB a second, by the program's own account; a run that has none, or prints 0, is repeated. */
    double mebibytesPerSecond() throws IOException, InterruptedException {
        String printed = "";
        for (int i = 0; i < TRIES; i++) {
            printed = run();
            double speed = average(printed);
            if (speed > 0 && Double.isFinite(speed)) {
                return speed;
            }
        }
        throw new IOException(program + " printed no result: " + printed);
    }

    private String run() throws IOException, InterruptedException {
        Path output = Files.createTempFile(program, ".out");
        Process server = start(List.of(), ProcessBuilder.Redirect.DISCARD);
        try {
            for (int i = 0; i < CONNECTS && server.isAlive(); i++) { // until the server listens
                Process client = start(List.of(address), ProcessBuilder.Redirect.to(output.toFile()));
                if (!client.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                    end(client);
                    break;
                }
                if (client.exitValue() == 0) {
                    break;
                }
                Thread.sleep(BETWEEN_CONNECTS_MILLIS);
            }
            return Files.readString(output);
        } finally {
            end(server);
            Files.delete(output);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(List<String> peer, ProcessBuilder.Redirect output) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-R", "-F", "-d", device));
        command.addAll(List.of("-s", Integer.toString(messageBytes), "-n", Integer.toString(messages)));
        command.addAll(peer);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    /** Of the row: bytes, iterations, peak, average, message rate. NaN if there is none. */
    private double average(String printed) {
        Matcher row = Pattern.compile("^\\s*" + messageBytes + "\\s+\\d+\\s+\\S+\\s+([0-9.]+)", Pattern.MULTILINE)
                .matcher(printed);
        return row.find() ? Double.parseDouble(row.group(1)) : Double.NaN;
    }
}
