package io.mooncake4j.transfer.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path root;

    private MemoryBudget budget;

    @BeforeEach
    void plentyOfMemory() throws IOException {
        write("proc/meminfo", "MemTotal: 9999999 kB\nMemAvailable:    1048576 kB\n");
        budget = new MemoryBudget(root.resolve("proc"), root.resolve("cg"));
    }

    @Test
    void shouldAcceptWhenAllLimitsAreHigher() throws IOException {
        write("proc/self/cgroup", "0::/pod\n");
        group("cg/pod", "memory.max", "max", "memory.current", "5");

        assertThatCode(() -> budget.require(1024 * MIB, null, null)).doesNotThrowAnyException();
    }

    @Test
    void shouldNameMissingBytesWhenTheMachineHasTooLittle() {
        assertThatThrownBy(() -> budget.require(1034 * MIB, null, null))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("this machine has 1024 MiB free, missing 10 MiB")
                .hasMessageContaining("--segment-size")
                .extracting(e -> ((StoreException) e).code())
                .isEqualTo(ErrorCode.INVALID_PARAMS);
    }

    @Test
    void shouldRefuseWhenAnOuterGroupOfVersion2IsTight() throws IOException {
        write("proc/self/cgroup", "0::/outer/inner\n");
        group("cg/outer/inner", "memory.max", "max", "memory.current", "0");
        group("cg/outer", "memory.max", "" + 100 * MIB, "memory.current", "" + 60 * MIB);
        write("cg/outer/memory.stat", "anon 5\ninactive_file " + 10 * MIB + "\n");

        assertThatCode(() -> budget.require(50 * MIB, null, null)).doesNotThrowAnyException();
        assertThatThrownBy(() -> budget.require(51 * MIB, null, null))
                .hasMessageContaining("cg/outer has 50 MiB free, missing 1 MiB")
                .hasMessageNotContaining("this machine");
    }

    @Test
    void shouldRefuseWhenAGroupOfVersion1IsTight() throws IOException {
        write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/c\n0::/\n");
        group("cg/memory/c", "memory.limit_in_bytes", "" + 100 * MIB, "memory.usage_in_bytes", "" + 60 * MIB);

        assertThatThrownBy(() -> budget.require(41 * MIB, null, null)).hasMessageContaining("missing 1 MiB");
    }

    @Test
    void shouldUseTheVisibleRootWhenTheGroupIsOutsideTheContainer() throws IOException {
        write("proc/self/cgroup", "0::/../../elsewhere\n");
        group("cg", "memory.max", "" + 10 * MIB, "memory.current", "0");

        assertThatCode(() -> budget.require(11 * MIB, null, null)).doesNotThrowAnyException();
        write("proc/self/cgroup", "0::/host/only/path\n");
        assertThatThrownBy(() -> budget.require(11 * MIB, null, null)).hasMessageContaining("missing 1 MiB");
    }

    @Test
    void shouldNameTheFileSystemWhenItIsFull() throws IOException {
        long free = Files.getFileStore(root).getUsableSpace();
        write("proc/meminfo", "MemAvailable: " + (1L << 50) + " kB\n");

        assertThatThrownBy(() -> budget.require(free + (1L << 50), Files.getFileStore(root), root))
                .hasMessageContaining("the file system of " + root)
                .hasMessageContaining("--shm-size")
                .hasMessageContaining("remount");
    }

    @Test
    void shouldReadThisMachineWhenNothingElseIsGiven() {
        assertThatCode(() -> new MemoryBudget().require(1, null, null)).doesNotThrowAnyException();
        assertThatThrownBy(() -> new MemoryBudget().require(Long.MAX_VALUE / 2, null, null))
                .satisfies(e -> assertThat(((StoreException) e).code()).isEqualTo(ErrorCode.INVALID_PARAMS));
    }

    private void group(String group, String limitFile, String limit, String usedFile, String used) throws IOException {
        write(group + "/" + limitFile, limit + "\n");
        write(group + "/" + usedFile, used + "\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
