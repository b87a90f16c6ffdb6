package io.mooncake4j.deploy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** Sets how much is logged; logback.xml says where to and how. */
final class Logs {
    private Logs() {}

    /** @param verbose also log our own details */
    static void start(String level, boolean verbose) {
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(level));
        if (verbose) {
            logger("io.mooncake4j").setLevel(Level.DEBUG);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
