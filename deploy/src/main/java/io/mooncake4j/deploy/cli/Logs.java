package io.mooncake4j.deploy.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets how much is logged; logback.xml says where to and how. */
final class Logs {
    private Logs() {}

    /** @param verbose also log our own details */
    static void start(String level, boolean verbose) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        logger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(level));
        if (verbose) {
            logger("io.mooncake4j").setLevel(Level.DEBUG);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }
}
