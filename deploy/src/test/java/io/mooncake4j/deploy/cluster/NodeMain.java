package io.mooncake4j.deploy.cluster;

import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.time.Duration;
import java.util.UUID;

/**
 * A storage node as a process of its own, which suspends on SIGTERM if its memory is a file. Arguments: masters, name,
 * memory, bytes of segment and region, host and, if any, RDMA device. Says every segment id under which it was mounted.
 */
final class NodeMain {
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private NodeMain() {}

    public static void main(String[] args) throws InterruptedException {
        MemoryKind memory = MemoryKind.parse(args[2]);
        NodeOptions.Builder options = NodeOptions.builder()
                .masters(args[0])
                .name(args[1])
                .dataPort(0)
                .memory(memory)
                .segmentBytes(Long.parseLong(args[3]))
                .regionBytes(Long.parseLong(args[4]))
                .onStop(memory.isFile() ? OnStop.SUSPEND : OnStop.LEAVE);
        StorageNode node =
                StorageNode.start(new NodeNetwork(args[5], args[6]).of(options).build());
        Runtime.getRuntime().addShutdownHook(new Thread(node::close));
        UUID said = null;
        while (true) {
            UUID now = node.segmentId();
            if (!now.equals(said) && node.awaitMounted(LOOK_EVERY)) {
                System.out.println("mounted " + now);
                said = now;
            }
            Thread.sleep(LOOK_EVERY.toMillis());
        }
    }
}
