package io.mooncake4j.deploy.replay;

/** A simulated cache of blocks, to compare a real one with. Not for several threads at once. */
public interface CacheModel {
    /**
     * Serves one request: its leading blocks that are present are hits, the rest is inserted.
     *
     * @return the number of hits
     */
    int serve(long[] blockIds);
}
