package io.mooncake4j.transfer.memory;

/** Told how far the start has come. Called by several threads, never by two at once; must not block. */
@FunctionalInterface
public interface FillProgress {
    FillProgress NONE = (doneBytes, totalBytes) -> {};

    void filled(long doneBytes, long totalBytes);
}
