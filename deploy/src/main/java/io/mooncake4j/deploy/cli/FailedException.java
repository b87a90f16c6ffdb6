package io.mooncake4j.deploy.cli;

/** A command can't do what it was asked; the message names cause and fix. */
class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String message) {
        super(message);
    }

    FailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
