package io.mooncake4j.deploy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.deploy.load.BenchOptions.Operation;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BenchTest {
    private final MemoryBlockStore store = new MemoryBlockStore(1000, 4, 64);

    private static BenchOptions options(Operation operation) {
        return new BenchOptions(operation, 64, 1, 4, 10, Duration.ofMillis(1), Duration.ofMillis(1), 1, "b/");
    }

    /** At both ends of the measured time: waits for more calls, however slow the machine is. */
    private void awaitCalls() {
        int before = store.reads.get() + store.writes.get();
        Awaitility.await().until(() -> store.reads.get() + store.writes.get() > before + 10);
    }

    @Test
    void shouldReadEveryPreparedKeyRightWhenGetting() throws InterruptedException {
        try (Bench bench = new Bench(options(Operation.GET), () -> store)) {
            bench.prepare();
            BenchResult result = bench.run(this::awaitCalls);

            assertThat(result.keys())
                    .isPositive()
                    .isEqualTo(4 * result.callNanos().getTotalCount());
            assertThat(result.bytes()).isEqualTo(64 * result.keys());
            assertThat(result.failed()).isZero();
            assertThat(result.wrongBytes()).isZero();
            assertThat(store.objects.size()).isEqualTo(10);
        }
    }

    @Test
    void shouldCountWrongBytesAndMissesWhenTheStoreIsWrong() throws InterruptedException {
        try (Bench bench = new Bench(options(Operation.GET), () -> store)) {
            bench.prepare();
            store.objects.get("b/3")[7] ^= 1;
            store.objects.remove("b/9");
            BenchResult result = bench.run(this::awaitCalls);

            assertThat(result.wrongBytes()).isPositive();
            assertThat(result.failed()).isPositive();
            assertThat(result.firstFailure()).contains("evicted");
        }
    }

    @Test
    void shouldMakeNewKeysWhenPutting() throws InterruptedException {
        try (Bench bench = new Bench(options(Operation.PUT), () -> store)) {
            BenchResult result = bench.run(this::awaitCalls);

            assertThat(result.failed()).isZero();
            assertThat(store.objects.size()).isGreaterThan(4);
        }
    }

    @Test
    void shouldRefuseWhenAKeyToGetCannotBeWritten() {
        store.failures.put("b/2", BlockStore.Result.failed("no room"));
        try (Bench bench = new Bench(options(Operation.GET), () -> store)) {
            assertThatThrownBy(bench::prepare).hasMessageContaining("no room");
        }
    }

    @Test
    void shouldAddUserAndSystemTimeWhenReadingProc() throws IOException {
        assertThat(CpuClock.parse("12 (a) b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0"))
                .isEqualTo(3.0);
        assertThat(CpuClock.seconds(ProcessHandle.current().pid())).isPositive();
    }
}
