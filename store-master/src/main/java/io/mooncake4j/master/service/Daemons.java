package io.mooncake4j.master.service;

import java.util.concurrent.ThreadFactory;

/** Threads that don't keep the process alive. */
final class Daemons {
    private Daemons() {}

    static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
