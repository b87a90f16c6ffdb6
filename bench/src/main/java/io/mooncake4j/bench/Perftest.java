package io.mooncake4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final int TRIES = 50;
    private static final long BETWEEN_TRIES_MILLIS = 200;
    private static final long LONGEST_SECONDS = 120;

    /** MiB a second, by the program's own account. */
    double mebibytesPerSecond() throws IOException, InterruptedException {
        Process server = start(List.of());
        try {
            String printed = "";
            for (int i = 0; i < TRIES && server.isAlive(); i++) { // until the server listens
                Process client = start(List.of(address));
                printed = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                if (client.waitFor() == 0) {
                    return average(printed);
                }
                Thread.sleep(BETWEEN_TRIES_MILLIS);
            }
            throw new IOException(program + " failed: " + printed);
        } finally {
            server.destroy();
            boolean ended = server.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                server.destroyForcibly();
            }
        }
    }

    private Process start(List<String> peer) throws IOException {
        List<String> command = new ArrayList<>(List.of(program, "-R", "-F", "-d", device));
        command.addAll(List.of("-s", Integer.toString(messageBytes), "-n", Integer.toString(messages)));
        command.addAll(peer);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        return peer.isEmpty()
                ? builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                : builder.start();
    }

    /** Of the row: bytes, iterations, peak, average, message rate. */
    private double average(String printed) throws IOException {
        Matcher row = Pattern.compile("^\\s*" + messageBytes + "\\s+\\d+\\s+[0-9.]+\\s+([0-9.]+)", Pattern.MULTILINE)
                .matcher(printed);
        if (!row.find()) {
            throw new IOException(program + " printed no result: " + printed);
        }
        return Double.parseDouble(row.group(1));
    }
}
