package io.mooncake4j.master.etcd;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.IsRunningStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.utility.DockerImageName;

/** etcd in containers, on this machine's network, so that it is where a process would be. */
final class EtcdContainers implements EtcdLauncher {
    private static final Duration STOP = Duration.ofSeconds(20);

    private final String image;

    EtcdContainers(String image) {
        this.image = image;
    }

    @Override
    public Running launch(String name, List<String> arguments, Path home) {
        One started = new One(image, arguments, home);
        started.start();
        return started;
    }

    private static final class One extends GenericContainer<One> implements Running {
        One(String image, List<String> arguments, Path home) {
            super(DockerImageName.parse(image));
            withNetworkMode("host");
            withCreateContainerCmdModifier(create -> {
                create.withUser(owner(home)).withEntrypoint("etcd").withCmd(arguments);
                // withFileSystemBind() would first try it out with an image that it downloads
                Objects.requireNonNull(create.getHostConfig())
                        .withBinds(new Bind(home.toString(), new Volume(home.toString())));
            });
            withStartupCheckStrategy(new IsRunningStartupCheckStrategy());
            waitingFor(new AbstractWaitStrategy() {
                @Override
                protected void waitUntilReady() {} // who starts it does
            });
        }

        /** What it writes must be ours to delete. */
        private static String owner(Path home) {
            try {
                return Files.getAttribute(home, "unix:uid") + ":" + Files.getAttribute(home, "unix:gid");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private DockerClient docker() {
            return getDockerClient();
        }

        private InspectContainerResponse.ContainerState state() {
            return docker().inspectContainerCmd(getContainerId()).exec().getState();
        }

        @Override
        public boolean isAlive() {
            return Boolean.TRUE.equals(state().getRunning());
        }

        @Override
        public void kill() {
            end("KILL");
        }

        @Override
        public void terminate() {
            end("TERM");
        }

        private void end(String signal) {
            if (isAlive()) {
                docker().killContainerCmd(getContainerId()).withSignal(signal).exec();
                Awaitility.await("end of " + getContainerId()).atMost(STOP).until(() -> !isAlive());
            }
        }

        @Override
        public void freeze() {
            docker().killContainerCmd(getContainerId()).withSignal("STOP").exec();
        }

        @Override
        public void thaw() {
            docker().killContainerCmd(getContainerId()).withSignal("CONT").exec();
        }

        @Override
        public void restart() {
            docker().startContainerCmd(getContainerId()).exec();
        }

        @Override
        public String printed() {
            return getLogs();
        }

        @Override
        public void close() {
            kill();
            stop();
        }
    }
}
