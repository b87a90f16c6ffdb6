package io.mooncake4j.deploy.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the process around it.
 *
 * @param out results, for people and pipes
 * @param err errors, warnings and progress
 * @param terminal whether somebody watches err
 * @param screen whether somebody watches out
 */
record Console(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean terminal,
        boolean screen) {
    static final String TERMINAL_PROPERTY = "mooncake4j.terminal";
    static final String SCREEN_PROPERTY = "mooncake4j.screen";

    /** This process's own. The launcher knows whether there are terminals and tells it by properties. */
    static Console ofProcess() {
        return new Console(
                System.in,
                System.out,
                System.err,
                System.getenv(),
                Boolean.getBoolean(TERMINAL_PROPERTY),
                Boolean.getBoolean(SCREEN_PROPERTY));
    }

    void warn(String message) {
        err.println("mooncake4j: warning: " + message);
    }
}
