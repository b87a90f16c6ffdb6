package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartIT {
    @TempDir
    Path directory;

    private ScriptRun quickstart(int portBase, String... arguments) throws IOException {
        String[] all = new String[arguments.length + 5];
        all[0] = "--no-build";
        all[1] = "--segment-size";
        all[2] = "128MB";
        all[3] = "--port-base";
        all[4] = Integer.toString(portBase);
        System.arraycopy(arguments, 0, all, 5, arguments.length);
        return ScriptRun.start(directory, Map.of(), "quickstart", all);
    }

    /** The first of four ports that are free. */
    private static int freePorts() {
        return Awaitility.await()
                .until(
                        () -> ThreadLocalRandom.current().nextInt(18_000, 29_000),
                        base -> isFree(base) && isFree(base + 1) && isFree(base + 2) && isFree(base + 3));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** What is slow to stop is killed in the end, and nobody waits for that. */
    private static void awaitClosed(int ports) {
        for (int i = 0; i < 4; i++) {
            int port = ports + i;
            Awaitility.await("nobody listens at " + port).until(() -> !isOpen(port));
        }
    }

    @Test
    void shouldReplayWithoutAWrongByteAndLeaveNothingBehindWhenRun() throws Exception {
        int ports = freePorts();
        try (ScriptRun run = quickstart(ports, "--duration", "2s")) {
            assertThat(run.exitCode()).as(run.output()).isZero();
            assertThat(run.output())
                    .contains("wrong bytes:     0", "failed requests: 0", "export MOONCAKE_MASTER=127.0.0.1:" + ports);
        }
        awaitClosed(ports);
    }

    @Test
    void shouldStopEverythingWhenTerminated() throws Exception {
        int ports = freePorts();
        try (ScriptRun run = quickstart(ports, "--duration", "60s")) {
            run.awaitLine("replaying a generated workload");
            assertThat(isOpen(ports)).isTrue();
            run.terminate();
            assertThat(run.exitCode()).isEqualTo(143);
        }
        awaitClosed(ports);
    }

    @Test
    void shouldSayWhichPortIsTakenAndWhatToDoWhenOneIs() throws Exception {
        int ports = freePorts();
        try (ServerSocket taken = new ServerSocket(ports + 2, 5, InetAddress.getLoopbackAddress());
                ScriptRun run = quickstart(ports)) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.output()).contains("port " + taken.getLocalPort() + " is taken", "--port-base");
        }
    }

    @Test
    void shouldSayWhatToDoWhenMemoryIsShort() throws Exception {
        try (ScriptRun run = quickstart(freePorts(), "--segment-size", "99999GB")) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.output()).contains("are needed", "--segment-size 256MB");
        }
    }
}
