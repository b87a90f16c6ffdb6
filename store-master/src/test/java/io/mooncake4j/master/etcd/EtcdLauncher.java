package io.mooncake4j.master.etcd;

import java.nio.file.Path;
import java.util.List;

/** Starts real etcds, in whatever way this machine can. */
interface EtcdLauncher {
    /**
     * Starts one.
     *
     * @param home a directory of its own; {@code arguments} name files in it
     */
    Running launch(String name, List<String> arguments, Path home);

    /** One that was started. */
    interface Running extends AutoCloseable {
        boolean isAlive();

        /** SIGKILL, and waits for its end. */
        void kill();

        /** SIGTERM, and waits for its end. */
        void terminate();

        /** SIGSTOP; it does nothing any more once this returns. */
        void freeze();

        /** SIGCONT. */
        void thaw();

        /** Runs again, after its end, with the files that it left. */
        void restart();

        String printed();

        /** Kills it and forgets its files. */
        @Override
        void close();
    }
}
