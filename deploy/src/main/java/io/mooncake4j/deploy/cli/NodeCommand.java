package io.mooncake4j.deploy.cli;

import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.settings.Settings;
import java.time.Duration;
import picocli.CommandLine.Command;

/** {@code node}. */
@Command(
        name = "node",
        description = {
            "Run a storage node: it lends memory to the store and moves bytes, without knowing what they are.",
            "Stops cleanly on SIGTERM and Ctrl-C."
        },
        footer = {
            "  mooncake4j node --master 10.0.0.1:50051 --segment-size 64GB",
            "  mooncake4j node --memory hugetlbfs:/dev/hugepages --segment-size 64GB"
        })
final class NodeCommand extends SettingsCommand {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    NodeCommand(Console console) {
        super(console, NodeSettings.ALL);
    }

    @Override
    int run(Settings settings) throws InterruptedException {
        ServerLife life = ServerLife.begin();
        StorageNode node = life.start(() -> start(settings, life)).node();
        while (!node.awaitMounted(LOOK_EVERY)) {
            // the node itself logs what it waits for
        }
        return life.serve(console, "node " + node.name() + " at " + node.host() + ":" + node.dataPort());
    }

    private RunningNode start(Settings settings, ServerLife life) {
        try (ProgressLine progress = new ProgressLine(console)) {
            NodeOptions options = NodeSettings.options(settings, (done, total) -> {
                life.checkNotStopping();
                progress.show("reserving memory: " + Figures.percent(done, total));
            });
            return RunningNode.start(options, settings.get(AdminSettings.HOST), settings.get(AdminSettings.NODE_PORT));
        }
    }
}
