package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can't be opened, and why: it is in use, it doesn't fit, or its name, sizes, kind or directory won't do. */
class SegmentMemoryRefusalTest extends SegmentMemoryFixture {
    @Test
    void shouldKeepTheLockWhenItsLossIsAskedForByAnInterruptedThread() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        try (SegmentMemory first = SegmentMemory.open(held, FillProgress.NONE)) {
            Thread.currentThread().interrupt();
            try {
                assertThat(first.loss()).isEmpty();
            } finally {
                assertThat(Thread.interrupted()).isTrue();
            }
            Process other = startHolder();
            assertThat(other.waitFor()).as("it was refused").isNotZero();
            assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("SEGMENT_ALREADY_EXISTS");
        }
    }

    @Test
    void shouldRefuseAndKeepTheFirstLockedWhenOpenedTwiceInAProcess() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        try (SegmentMemory first = SegmentMemory.open(held, FillProgress.NONE)) {
            assertRefused(
                    ErrorCode.SEGMENT_ALREADY_EXISTS,
                    () -> SegmentMemory.open(held, FillProgress.NONE),
                    "held.segment",
                    "this process");
            Process other = startHolder();
            assertThat(other.waitFor()).isNotZero();
            assertThat(new String(other.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("SEGMENT_ALREADY_EXISTS")
                    .contains("process " + ProcessHandle.current().pid());
            assertThat(first.id()).isNotNull();
        }
    }

    @Test
    void shouldBeLockedWhileAnotherProcessLivesAndWarmWhenItWasKilled() throws Exception {
        SegmentMemoryOptions held = new SegmentMemoryOptions(MemoryKind.shm(shm), "held", SIZE);
        Process holder = startHolder();
        try {
            String id = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            assertRefused(
                    ErrorCode.SEGMENT_ALREADY_EXISTS,
                    () -> SegmentMemory.open(held, FillProgress.NONE),
                    shm + "/held.segment",
                    "process " + holder.pid() + " on ");

            holder.destroyForcibly().waitFor();

            try (SegmentMemory memory = SegmentMemory.open(held, FillProgress.NONE)) {
                assertThat(memory.warm()).isTrue();
                assertThat(memory.id()).hasToString(id);
                for (int i = 0; i < SIZE; i += 8) {
                    assertThat(memory.region(0).getLong(i)).isEqualTo(i);
                }
            }
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void shouldRefuseWhenTheDirectoryIsOnADisk(@TempDir Path disk) throws IOException {
        Path directory = disk.resolve("not/there");
        if (Files.getFileStore(disk).type().equals("tmpfs")) {
            directory = Path.of("/proc/self");
        }
        SegmentMemoryOptions onDisk = new SegmentMemoryOptions(MemoryKind.shm(directory), "s1", SIZE);

        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> SegmentMemory.open(onDisk, FillProgress.NONE),
                "not on tmpfs",
                "mount -t tmpfs");
        assertThat(disk.resolve("not")).doesNotExist();
    }

    @Test
    void shouldRefuseAndLeaveNothingWhenTheBudgetIsTooSmall(@TempDir Path fake) throws IOException {
        Files.writeString(fake.resolve("meminfo"), "MemAvailable: 512 kB\n");
        SegmentMemoryOpener opener = opener(new MemoryBudget(fake, fake));

        assertRefused(ErrorCode.INVALID_PARAMS, opener::open, "needs 2 MiB", "missing 1 MiB");
        assertThat(file()).doesNotExist();
    }

    @Test
    void shouldKeepTheContentWhenALargerSizeIsRefused(@TempDir Path fake) throws IOException {
        UUID id = suspended(memory -> memory.adoptCluster(CLUSTER));
        Files.writeString(fake.resolve("meminfo"), "MemAvailable: 512 kB\n");
        options = new SegmentMemoryOptions(options.kind(), "s1", 4 * SIZE, REGION);

        assertRefused(ErrorCode.INVALID_PARAMS, opener(new MemoryBudget(fake, fake))::open, "needs 3 MiB");

        options = new SegmentMemoryOptions(options.kind(), "s1", SIZE, REGION);
        try (SegmentMemory memory = open()) {
            assertThat(memory.id()).isEqualTo(id);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "../a", ".hidden", "a b"})
    void shouldRefuseWhenTheNameIsNoFileName(String name) {
        assertRefused(
                ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(MemoryKind.anonymous(), name, SIZE), "name");
    }

    @Test
    void shouldRefuseWhenSizesMakeNoSense() {
        MemoryKind kind = MemoryKind.anonymous();
        assertRefused(ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", 63), "at least 64");
        assertRefused(ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", SIZE, 100), "64 bytes");
        assertRefused(
                ErrorCode.INVALID_PARAMS, () -> new SegmentMemoryOptions(kind, "s", SIZE, (1L << 30) + 64), "1 GiB");
        assertThat(new SegmentMemoryOptions(kind, "s", 130).sizeBytes()).isEqualTo(128);
    }

    @ParameterizedTest
    @ValueSource(strings = {"shm:/dev/shm/x", "hugetlbfs:/mnt/huge", "anonymous"})
    void shouldParseWhatItPrints(String kind) {
        assertThat(MemoryKind.parse(kind)).hasToString(kind);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "disk", "shm:", "shm:relative", "hugetlbfs", "hugetlbfs:", "anonymous:/x"})
    void shouldRefuseWhenTheKindIsUnknown(String kind) {
        assertRefused(ErrorCode.INVALID_PARAMS, () -> MemoryKind.parse(kind), "none of shm");
    }

    @Test
    void shouldNameTheFlagWhenDirectMemoryIsTooSmall() {
        SegmentMemoryOptions tooLarge = new SegmentMemoryOptions(MemoryKind.anonymous(), "s1", 1L << 36);
        MemoryBudget any = new MemoryBudget(shm, shm);

        assertRefused(
                ErrorCode.INVALID_PARAMS,
                () -> new SegmentMemoryOpener(tooLarge, FillProgress.NONE, any, UUID.randomUUID()).open(),
                "-XX:MaxDirectMemorySize");
    }

    private SegmentMemoryOpener opener(MemoryBudget budget) {
        return new SegmentMemoryOpener(options, FillProgress.NONE, budget, SegmentMemoryOpener.currentBoot());
    }

    private Process startHolder() {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            SegmentHolder.class.getName(),
                            shm.toString(),
                            Integer.toString(SIZE),
                            CLUSTER.toString())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertRefused(ErrorCode code, ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(code))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }
}
