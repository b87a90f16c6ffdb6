package io.mooncake4j.transfer.rdma.verbs;

import java.io.IOException;

/**
 * What a device says it can do at most.
 *
 * @param maxQp queue pairs of all processes
 * @param maxQpWr work requests of one queue pair
 * @param maxSge pieces of memory of one WRITE
 * @param maxSgeRead pieces of memory of one READ; iWARP devices fill only the first whatever is asked
 * @param maxCq completion queues
 * @param maxCqe entries of one
 * @param maxMr memory regions
 * @param maxMrBytes bytes of one, unsigned
 * @param maxReadsInFlight READs of one queue pair that the device has under way
 * @param inlineBytes bytes of a WRITE that a queue pair takes inline, at most 256; found by trial
 * @param driver such as {@code erdma}, {@code siw}, {@code rxe}
 */
public record DeviceLimits(
        int maxQp,
        int maxQpWr,
        int maxSge,
        int maxSgeRead,
        int maxCq,
        int maxCqe,
        int maxMr,
        long maxMrBytes,
        int maxReadsInFlight,
        int inlineBytes,
        String driver) {
    /** How many numbers {@link NativeVerbs#queryDevice} fills in. */
    static final int NUMBERS = 12;

    static final int VENDOR = 10;
    static final int IWARP = 11;

    static DeviceLimits query(long context, String name) throws IOException {
        long[] out = new long[NUMBERS];
        NativeVerbs.queryDevice(context, out);
        return of(out, NativeVerbs.trialInline(context), DriverName.of(name, out[VENDOR]));
    }

    static DeviceLimits of(long[] out, int inlineBytes, String driver) {
        return new DeviceLimits(
                (int) out[0],
                (int) out[1],
                (int) out[2],
                (int) out[3],
                (int) out[4],
                (int) out[5],
                (int) out[6],
                out[7],
                (int) out[8],
                inlineBytes,
                driver);
    }
}
