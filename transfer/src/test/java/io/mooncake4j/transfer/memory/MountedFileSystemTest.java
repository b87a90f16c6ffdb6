package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On file systems that the test mounts; skipped, with the reason, where that is not permitted. */
class MountedFileSystemTest {
    private static final Path NR_HUGEPAGES = Path.of("/proc/sys/vm/nr_hugepages");
    private static final long MIB = 1 << 20;

    @TempDir
    private Path base;

    private @Nullable Path mounted;
    private @Nullable String hugePagesBefore;

    @AfterEach
    void unmount() throws Exception {
        if (mounted != null) {
            run("umount", "-l", mounted.toString());
        }
        if (hugePagesBefore != null) {
            Files.writeString(NR_HUGEPAGES, hugePagesBefore);
        }
    }

    @Test
    void shouldRefuseWhenTheFileSystemIsTooSmall() throws Exception {
        Path shm = mount("tmpfs", "size=8m");

        assertRefused(
                () -> open(MemoryKind.shm(shm), 16 * MIB), "file system of " + shm, "has 8 MiB free, missing 9 MiB");

        assertThat(shm.resolve("s1.segment")).doesNotExist();
        SegmentMemory memory = open(MemoryKind.shm(shm), 7 * MIB);
        assertThat(memory.sizeBytes()).isEqualTo(7 * MIB);
        memory.discard();
    }

    @Test
    void shouldRefuseWithoutASignalWhenTheFileSystemFillsUpMeanwhile() throws Exception {
        Path shm = mount("tmpfs", "size=8m");
        MemoryBudget blind = new MemoryBudget() {
            @Override
            void require(long neededBytes, @Nullable FileStore store, @Nullable Path directory) {}
        };
        SegmentMemoryOptions options = new SegmentMemoryOptions(MemoryKind.shm(shm), "s1", 16 * MIB);

        assertRefused(
                () -> new SegmentMemoryOpener(options, FillProgress.NONE, blind, UUID.randomUUID()).open(),
                "No space left",
                "remount");

        assertThat(shm.resolve("s1.segment")).doesNotExist();
    }

    @Test
    void shouldReturnWarmWhenOnHugePages() throws Exception {
        Path huge = hugePages();
        long page = Files.getFileStore(huge).getBlockSize();
        UUID cluster = UUID.randomUUID();
        UUID id;
        try (SegmentMemory first = open(MemoryKind.hugetlbfs(huge), 2 * page + 1000)) {
            assertThat(first.sizeBytes()).isEqualTo(2 * page);
            first.adoptCluster(cluster);
            first.region(0).putLong((int) page, 42);
            id = first.id();
        }

        SegmentMemory second = open(MemoryKind.hugetlbfs(huge), 2 * page);
        assertThat(second.warm()).isTrue();
        assertThat(second.id()).isEqualTo(id);
        assertThat(second.clusterId()).contains(cluster);
        assertThat(second.region(0).getLong((int) page)).isEqualTo(42);
        second.discard();
        assertThat(huge).isEmptyDirectory();
    }

    @Test
    void shouldNameHugePagesWhenThereAreTooFew() throws Exception {
        Path huge = hugePages();
        long page = Files.getFileStore(huge).getBlockSize();

        assertRefused(() -> open(MemoryKind.hugetlbfs(huge), 500_000 * page), "500001 huge pages", "vm.nr_hugepages");
        assertRefused(() -> open(MemoryKind.hugetlbfs(huge), 1000), "less than one huge page");
        assertThat(huge).isEmptyDirectory();
    }

    private Path hugePages() throws Exception {
        Path huge = mount("hugetlbfs", "rw");
        String before = Files.readString(NR_HUGEPAGES).trim();
        int wanted = Integer.parseInt(before) + 8;
        Files.writeString(NR_HUGEPAGES, Integer.toString(wanted));
        hugePagesBefore = before;
        assumeTrue(
                Files.readString(NR_HUGEPAGES).trim().equals(Integer.toString(wanted)),
                "the kernel has no 8 huge pages to spare");
        return huge;
    }

    private Path mount(String type, String options) throws Exception {
        Path point = Files.createDirectory(base.resolve(type));
        assumeTrue(
                run("mount", "-t", type, "-o", options, "none", point.toString()) == 0,
                "mounting " + type + " is not permitted here: run this test as root");
        mounted = point;
        return point;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static SegmentMemory open(MemoryKind kind, long sizeBytes) {
        return SegmentMemory.open(new SegmentMemoryOptions(kind, "s1", sizeBytes), FillProgress.NONE);
    }

    private static void assertRefused(ThrowingCallable call, String... texts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMS))
                .satisfies(e -> assertThat(e.getMessage()).contains(texts));
    }
}
