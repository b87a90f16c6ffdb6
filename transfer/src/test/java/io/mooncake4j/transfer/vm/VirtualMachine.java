package io.mooncake4j.transfer.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs one command in a virtual machine with an RDMA device, by {@code transfer/src/test/vm/run}, which says what the machine
 * is like. It ends with the command, with its time limit, or with this JVM, however that ends.
 */
public final class VirtualMachine {
    private static final String SCRIPT = "transfer/src/test/vm/run";
    /** For what is made once a machine and kernel: downloads and a build. */
    private static final Duration PREPARATION = Duration.ofMinutes(20);

    private final Path share;
    private final Duration limit;
    private final List<String> options;

    /**
     * @param share is made; all in it that the guest changes is kept, and the output is in its {@code output}
     * @param limit of the machine's life
     */
    public VirtualMachine(DeviceKind device, Path share, Duration limit) {
        this(share, limit, List.of("--device", device.text()));
    }

    private VirtualMachine(Path share, Duration limit, List<String> options) {
        this.share = share.toAbsolutePath();
        this.limit = limit;
        this.options = options;
    }

    /** With more options of the script, such as {@code --cpus 2}. */
    public VirtualMachine with(String... more) {
        List<String> all = new ArrayList<>(options);
        all.addAll(Arrays.asList(more));
        return new VirtualMachine(share, limit, all);
    }

    /**
     * Returns when the machine is gone.
     *
     * @param command a program with its arguments, or test classes by their names
     * @return the command's exit code and output; 124 and 125 as the script has them
     */
    public GuestOutcome run(List<String> command) throws IOException, InterruptedException {
        Files.createDirectories(share);
        Path output = share.resolve("output");
        List<String> all = new ArrayList<>(List.of(script().toString(), "--until-stdin-ends"));
        all.addAll(List.of("--share", share.toString(), "--timeout", Long.toString(limit.toSeconds())));
        all.addAll(options);
        all.add("--");
        all.addAll(command);
        Process process = new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(limit.plus(PREPARATION).toSeconds(), TimeUnit.SECONDS)) {
                throw new IOException("not within " + limit.plus(PREPARATION) + ": " + Files.readString(output));
            }
        } finally {
            process.destroy(); // the script ends the machine
        }
        return new GuestOutcome(process.exitValue(), Files.readString(output));
    }

    private static Path script() throws IOException {
        for (Path tree = Path.of("").toAbsolutePath(); tree != null; tree = tree.getParent()) {
            if (Files.isExecutable(tree.resolve(SCRIPT))) {
                return tree.resolve(SCRIPT);
            }
        }
        throw new IOException("no " + SCRIPT + " in this directory or above: tests run within the source tree");
    }
}
