package io.mooncake4j.transfer.rdma.connect;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Destroys what a device may use memory by, as long as that takes, since the memory is reused then. */
public final class Insistently {
    private static final Logger LOG = LoggerFactory.getLogger(Insistently.class);
    private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private Insistently() {}

    /** To be tried until it returns. */
    public interface Destruction {
        void run() throws IOException;
    }

    /**
     * Returns when it has succeeded. Keeps the thread's interrupt.
     *
     * @param failure what the log says, once, if it fails
     */
    public static void destroy(Destruction destruction, String failure) {
        boolean interrupted = false;
        for (boolean first = true; !done(destruction, first, failure); first = false) {
            interrupted |= Thread.interrupted(); // else nothing would wait
            LockSupport.parkNanos(AGAIN_NANOS);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean done(Destruction destruction, boolean tell, String failure) {
        try {
            destruction.run();
            return true;
        } catch (Throwable e) { // whatever it is, the memory may still be touched
            if (tell) {
                LOG.error(failure, e);
            }
            return false;
        }
    }
}
