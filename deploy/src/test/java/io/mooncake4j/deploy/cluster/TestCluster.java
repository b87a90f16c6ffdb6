package io.mooncake4j.deploy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.client.ClientSeams;
import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.client.MooncakeClientBuilder;
import io.mooncake4j.client.RawClient;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import io.mooncake4j.transfer.safety.SafetyRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A whole store in the tests' own process. After each test it is cross-checked and cleaned away. */
public final class TestCluster implements AfterEachCallback {
    private static final Duration MOUNT = Duration.ofSeconds(20);

    private final TestDirectory directory = new TestDirectory();
    private final Deque<AutoCloseable> clients = new ArrayDeque<>();
    private final List<StorageNode> nodes = new ArrayList<>();
    private ClusterPlan plan = ClusterPlan.DEFAULT;
    private MasterServer master;

    public TestCluster start(ClusterPlan how) {
        plan = how;
        master = MasterServer.start(how.master());
        for (int i = 0; i < how.nodes(); i++) {
            addNode("node-" + i);
        }
        nodes.forEach(TestCluster::awaitMounted);
        return this;
    }

    public static void awaitMounted(StorageNode node) {
        assertThat(node.awaitMounted(MOUNT)).as(node.name() + " is mounted").isTrue();
    }

    /** A further node; of a name that was used before: what came of that one's memory. */
    public StorageNode addNode(String name) {
        StorageNode node = StorageNode.start(NodeOptions.builder()
                .masters(masters())
                .name(name)
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(plan.segmentBytes())
                .regionBytes(plan.regionBytes())
                .memory(MemoryKind.shm(directory.path()))
                .onStop(OnStop.SUSPEND)
                .safetyRules(plan.nodeRules())
                .accessHook(plan.hook())
                .build());
        nodes.add(node);
        return node;
    }

    public StorageNode node(int index) {
        return nodes.get(index);
    }

    /** Where segments have their files. */
    public Path memoryDirectory() {
        return directory.path();
    }

    public String masters() {
        return "127.0.0.1:" + master.port();
    }

    public MasterView master() {
        return new MasterView(master.core());
    }

    /** The master stops; another one, of a new cluster, starts in its place. */
    public void replaceMaster() {
        int port = master.port();
        master.close();
        master = MasterServer.start(plan.master().withAddress("127.0.0.1", port));
    }

    /** A builder for {@link #build}. */
    public MooncakeClientBuilder clientBuilder(boolean checksums) {
        return MooncakeClient.builder().masters(masters()).checksums(checksums).localBufferBytes(16 << 20);
    }

    public MooncakeClient build(MooncakeClientBuilder builder) {
        MooncakeClient client = builder.build();
        clients.push(client);
        return client;
    }

    public MooncakeClient client(boolean checksums) {
        return build(clientBuilder(checksums));
    }

    public MooncakeClient client(boolean checksums, SafetyRules rules) {
        return build(ClientSeams.safetyRules(clientBuilder(checksums), rules));
    }

    public RawClient rawClient() {
        RawClient client = new RawClient(masters());
        clients.push(client);
        return client;
    }

    /** Load on this cluster, by two clients; stopped at the latest when the test ends. */
    public Load load(Load.Shape shape) {
        return load(shape, client(shape.checksums()), client(shape.checksums()));
    }

    public Load load(Load.Shape shape, MooncakeClient... by) {
        Load load = Load.start(shape, by);
        clients.push(load);
        return load;
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            while (!clients.isEmpty()) {
                clients.pop().close();
            }
            boolean passed = context.getExecutionException().isEmpty();
            if (passed && master != null && plan.master().rules() == SafetyRules.ALL) {
                master().audit();
            }
        } finally {
            nodes.forEach(StorageNode::close);
            if (master != null) {
                master.close();
            }
            directory.close();
        }
    }
}
