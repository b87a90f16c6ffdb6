package io.mooncake4j.transfer.rdma.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.disni.util.MemoryUtils;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why RDMA is off, and what turns it on, in JVMs of their own; of those that compile, with the library just built. */
class RdmaLibraryTest {
    private static final String FLAG = "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED";
    private static final Path BUILT = Path.of("target", "native").toAbsolutePath();

    @TempDir
    Path directory;

    @Test
    void shouldNameLineToAddWhenNoLibraryIsOnThePath() throws Exception {
        assertThat(probe(classPath(), FLAG, "-Djava.library.path=" + directory))
                .startsWith("false no libdisni.so in any directory of java.library.path (" + directory + "): add ")
                .contains(
                        "JDK_JAVA_OPTIONS=\"--add-exports java.base/sun.nio.ch=ALL-UNNAMED -Djava.library.path=DIR\"");
    }

    @Test
    void shouldNameArtifactWhenDisniIsNotOnTheClassPath() throws Exception {
        Path disni = Path.of(MemoryUtils.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String without = Stream.of(classPath().split(File.pathSeparator))
                .filter(entry -> !entry.equals(disni.toString()))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(probe(without, FLAG, "-Djava.library.path=" + BUILT))
                .startsWith("false DiSNI isn't on the class path: add com.ibm.disni:disni:2.1");
    }

    @Test
    void shouldNameFlagWhenItIsMissing() throws Exception {
        Files.createFile(directory.resolve("libdisni.so"));
        assertThat(probe(classPath(), "-Djava.library.path=" + directory))
                .startsWith("false the JVM's flag for DiSNI is missing: add")
                .contains("--add-exports java.base/sun.nio.ch=ALL-UNNAMED");
    }

    @Test
    void shouldNameFileAndHowToRebuildWhenTheLibraryIsForeign() throws Exception {
        Path foreign = directory.resolve("libdisni.so");
        Path other = Path.of(System.getProperty("java.home"), "lib", "libjimage.so");
        Files.copy(other, foreign);
        assertThat(probe(classPath(), FLAG, "-Djava.library.path=" + directory))
                .startsWith("false " + foreign + " is not mooncake4j's")
                .contains("build it anew: mvn");
    }

    @Test
    void shouldNameFileWhenItIsNoLibrary() throws Exception {
        Path broken = Files.writeString(directory.resolve("libdisni.so"), "not ELF");
        assertThat(probe(classPath(), FLAG, "-Djava.library.path=" + directory))
                .startsWith("false " + broken + " can't be loaded (")
                .contains("libibverbs1");
    }

    @Test
    void shouldNameBothVersionsWhenTheLibraryIsStale() throws Exception {
        if (!built()) {
            return;
        }
        String expected = RdmaLibrary.expectedVersion();
        String stale = "9" + expected.substring(1);
        byte[] library = Files.readAllBytes(BUILT.resolve("libdisni.so"));
        String text = new String(library, StandardCharsets.ISO_8859_1);
        Files.write(
                directory.resolve("libdisni.so"),
                text.replace(expected + " for ", stale + " for ").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(probe(classPath(), FLAG, "-Djava.library.path=" + directory))
                .startsWith("false " + directory.resolve("libdisni.so") + " is of version " + stale
                        + ", and this jar needs " + expected + ": build it anew");
    }

    @Test
    void shouldAskForDriverWhenThereIsNoDevice() throws Exception {
        if (!built() || Files.isDirectory(Path.of("/sys/class/infiniband_verbs"))) {
            return;
        }
        assertThat(probe(classPath(), FLAG, "-Djava.library.path=" + BUILT))
                .startsWith("false this machine has no RDMA device")
                .contains("modprobe");
    }

    @Test
    void shouldHaveEveryNativeMethodWhenBuilt() throws Exception {
        if (!built()) {
            return;
        }
        String library = Files.readString(BUILT.resolve("libdisni.so"), StandardCharsets.ISO_8859_1);
        List<String> missing = new ArrayList<>();
        int methods = 0;
        for (String type : List.of(
                "com.ibm.disni.verbs.impl.NativeDispatcher",
                "com.ibm.disni.util.NativeAffinity",
                NativeVerbs.class.getName())) {
            for (Method method :
                    Class.forName(type, false, getClass().getClassLoader()).getDeclaredMethods()) {
                if (Modifier.isNative(method.getModifiers())) {
                    methods++;
                    String symbol = "Java_" + type.replace('.', '_') + "_"
                            + method.getName().replace("_", "_1");
                    if (!library.contains(symbol + "\0")) {
                        missing.add(symbol);
                    }
                }
            }
        }
        assertThat(methods).isGreaterThan(90);
        assertThat(missing).isEmpty();
    }

    /** False where there is no compiler; a build that has one and made no library fails in Maven. */
    private static boolean built() {
        return Files.exists(BUILT.resolve("libdisni.so"));
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private String probe(String classPath, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, ProbeOfLibrary.class.getName()));
        Path output = directory.resolve("output");
        Process java = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(java.waitFor(50, TimeUnit.SECONDS)).as("ended").isTrue();
        } finally {
            java.destroyForcibly();
        }
        return Files.readString(output);
    }
}
