package io.mooncake4j.node;

import org.slf4j.Logger;

/** Logs the first failure of a row, then one every 30 s, then that it is over. For one thread. */
final class RetryLog {
    private static final long EVERY_NANOS = 30_000_000_000L;

    private final Logger log;
    private boolean failing;
    private long loggedNanos;

    RetryLog(Logger log) {
        this.log = log;
    }

    void failed(String text, long nowNanos) {
        if (!failing || nowNanos - loggedNanos >= EVERY_NANOS) {
            log.warn("{}", text);
            failing = true;
            loggedNanos = nowNanos;
        }
    }

    void succeeded(String text) {
        if (failing) {
            log.info("{}", text);
            failing = false;
        }
    }
}
