package io.mooncake4j.deploy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.deploy.load.BlockStore;
import io.mooncake4j.deploy.load.MemoryBlockStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayTest {
    private static final int BLOCK_BYTES = 101;

    private final EndlessCache endless = new EndlessCache();
    private final LruCache lru = new LruCache(300L * BLOCK_BYTES, BLOCK_BYTES);
    private long[] modelHits = {};

    private static ReplayOptions options(boolean realtime, long requests, Duration duration) {
        return new ReplayOptions(BLOCK_BYTES, 1, realtime, "t/", 9, requests, duration);
    }

    private static TraceRequest request(long millis, long... ids) {
        return new TraceRequest(millis, ids);
    }

    private ReplayTally run(MemoryBlockStore store, Iterator<TraceRequest> requests, ReplayOptions options)
            throws InterruptedException {
        try (Replay replay = new Replay(requests, options, () -> store, List.of(endless, lru))) {
            replay.start();
            assertThat(replay.await(30, TimeUnit.SECONDS)).isTrue();
            modelHits = replay.modelHits();
            return replay.tally();
        }
    }

    private ReplayTally run(MemoryBlockStore store, TraceRequest... requests) throws InterruptedException {
        return run(store, List.of(requests).iterator(), options(false, 1000, Duration.ofMinutes(1)));
    }

    @Test
    void shouldHitAsOftenAsTheModelWhenTheStoreIsAnLru() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 7, BLOCK_BYTES);

        ReplayTally tally = run(store, new GeneratedWorkload(3), options(false, 400, Duration.ofMinutes(1)));

        assertThat(tally.requests()).isEqualTo(400);
        assertThat(tally.hits()).isEqualTo(modelHits[1]).isLessThan(modelHits[0]);
        assertThat(tally.bytesRead()).isEqualTo(tally.hits() * BLOCK_BYTES);
        assertThat(tally.bytesWritten()).isEqualTo((tally.blocks() - tally.hits()) * BLOCK_BYTES);
        assertThat(tally.wrongBytes()).isZero();
        assertThat(tally.failedRequests()).isZero();
        assertThat(tally.readNanos().getTotalCount()).isEqualTo(store.reads.get());
        assertThat(tally.writeNanos().getTotalCount()).isEqualTo(store.writes.get());
    }

    @Test
    void shouldCountWrongBytesWhenTheStoreReturnsThem() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 4, BLOCK_BYTES);
        run(store, request(0, 1, 2, 3, 4, 5, 6));
        store.objects.get("t/5")[17] ^= 1;
        store.objects.get("t/5")[100] ^= 64;

        ReplayTally tally = run(store, request(0, 1, 2, 3, 4, 5, 6));

        assertThat(tally.wrongBytes()).isEqualTo(2);
        assertThat(tally.firstWrong()).contains("t/5").contains("byte 17");
        assertThat(tally.hits()).isEqualTo(6);
    }

    @Test
    void shouldWriteFromThereOnWhenABlockIsEvictedBeforeItsRead() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 4, BLOCK_BYTES);
        run(store, request(0, LongStream.range(0, 10).toArray()));
        store.evictedBeforeRead = "t/5";

        ReplayTally tally = run(store, request(0, LongStream.range(0, 10).toArray()));

        assertThat(tally.hits()).isEqualTo(5);
        assertThat(tally.bytesWritten()).isEqualTo(5 * BLOCK_BYTES);
        assertThat(tally.failedRequests()).isZero();
    }

    @Test
    void shouldCountTheRequestAsFailedWhenABlockFails() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 4, BLOCK_BYTES);
        store.failures.put("t/2", BlockStore.Result.failed("no room"));

        ReplayTally tally = run(store, request(0, 1, 2, 3), request(0, 1, 2, 3), request(0, 4));

        assertThat(tally.requests()).isEqualTo(3);
        assertThat(tally.failedRequests()).isEqualTo(2);
        assertThat(tally.firstFailure()).contains("t/2").contains("no room");
    }

    @Test
    void shouldWaitForArrivalsWhenRealtime() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 4, BLOCK_BYTES);
        List<TraceRequest> requests = new ArrayList<>(List.of(request(0, 1), request(150, 2)));
        long start = System.nanoTime();

        run(store, requests.iterator(), options(true, 2, Duration.ofMinutes(1)));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    @Test
    void shouldEndWhenTheDurationIsOver() throws InterruptedException {
        MemoryBlockStore store = new MemoryBlockStore(300, 4, BLOCK_BYTES);

        ReplayTally tally =
                run(store, new GeneratedWorkload(3), options(false, Long.MAX_VALUE, Duration.ofMillis(500)));

        assertThat(tally.requests()).isPositive();
    }
}
