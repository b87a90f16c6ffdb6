package io.mooncake4j.deploy.replay;

import java.io.IOException;

/** A trace can't be read; the message names file, line and column. */
public class TraceFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public TraceFormatException(String message) {
        super(message);
    }
}
