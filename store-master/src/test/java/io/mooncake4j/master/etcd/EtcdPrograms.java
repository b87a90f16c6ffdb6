package io.mooncake4j.master.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** etcd as processes on this machine. */
final class EtcdPrograms implements EtcdLauncher {
    private static final int STOP_SECONDS = 20;
    private static final Set<Process> ALIVE = ConcurrentHashMap.newKeySet();

    static {
        // a test run that is stopped leaves none behind
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Process::destroyForcibly)));
    }

    private final Path program;

    EtcdPrograms(Path program) {
        this.program = program;
    }

    @Override
    public Running launch(String name, List<String> arguments, Path home) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(arguments);
        One started = new One(command, home.resolve("log"));
        started.restart();
        return started;
    }

    private static final class One implements Running {
        private final List<String> command;
        private final Path log;
        private Process process;

        One(List<String> command, Path log) {
            this.command = command;
            this.log = log;
        }

        @Override
        public void restart() {
            try {
                process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
                ALIVE.add(process);
                process.onExit().thenAccept(ALIVE::remove);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public void kill() {
            process.destroyForcibly();
            awaitEnd();
        }

        @Override
        public void terminate() {
            process.destroy();
            awaitEnd();
        }

        private void awaitEnd() {
            try {
                if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("etcd " + process.pid() + " doesn't end: " + printed());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void freeze() {
            signal("STOP");
            Awaitility.await("frozen").until(this::isFrozen);
        }

        private boolean isFrozen() throws IOException {
            try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
                for (Path task : tasks.toList()) {
                    String stat = Files.readString(task.resolve("stat"));
                    if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') { // proc(5): the state follows the name
                        return false;
                    }
                }
                return true;
            }
        }

        @Override
        public void thaw() {
            signal("CONT");
        }

        private void signal(String signal) {
            try {
                Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
                if (kill.waitFor() != 0) {
                    throw new IllegalStateException("can't send " + signal + " to etcd " + process.pid());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        @Override
        public String printed() {
            try {
                return Files.readString(log);
            } catch (IOException e) {
                return "no log: " + e;
            }
        }

        @Override
        public void close() {
            kill();
        }
    }
}
