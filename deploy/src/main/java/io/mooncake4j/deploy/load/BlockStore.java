package io.mooncake4j.deploy.load;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One replaying thread's way to a store: a fixed number of slots, each a buffer of one block, and batch calls that move
 * key i of a batch into or out of slot i. For one thread at a time.
 */
public interface BlockStore extends AutoCloseable {
    /** How one key of a batch ended. */
    enum Outcome {
        /** Read, or stored, or stored before by somebody else. */
        DONE,
        /** A read found nothing. */
        MISS,
        FAILED
    }

    /**
     * One key's result.
     *
     * @param reason why it failed, else empty
     */
    record Result(Outcome outcome, String reason) {
        public static final Result DONE = new Result(Outcome.DONE, "");
        public static final Result MISS = new Result(Outcome.MISS, "");

        public static Result failed(String reason) {
            return new Result(Outcome.FAILED, reason);
        }
    }

    /** Number of slots: the largest batch. */
    int slots();

    /** The slot's memory: position 0, limit and capacity one block. */
    ByteBuffer slot(int index);

    /** How many of the first keys are present, in any number. */
    int leadingPresent(List<String> keys);

    /** Reads key i into slot i. */
    List<Result> read(List<String> keys);

    /** Writes slot i under key i. */
    List<Result> write(List<String> keys);

    @Override
    void close();
}
