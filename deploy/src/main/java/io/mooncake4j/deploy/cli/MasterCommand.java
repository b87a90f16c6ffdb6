package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.transfer.settings.Settings;
import picocli.CommandLine.Command;

/** {@code master}. */
@Command(
        name = "master",
        description = {
            "Run a master: it knows where objects are, and never touches their bytes.",
            "Prints 'ready:' when it can serve or, as one of several, take over; with etcd 'listening:' before that.",
            "Stops cleanly on SIGTERM and Ctrl-C. MOONCAKE4J_HEAP (default 2g) sizes its heap, about 1 GB for every 3"
                    + " million objects."
        },
        footer = {
            "  mooncake4j master --bind-host 127.0.0.1 --rpc-port 50051",
            "  MOONCAKE4J_HEAP=8g mooncake4j master --config /etc/mooncake4j.yaml"
        })
final class MasterCommand extends SettingsCommand {
    MasterCommand(Console console) {
        super(console, MasterSettings.ALL);
    }

    @Override
    int run(Settings settings) throws InterruptedException, FailedException {
        MasterOptions options = MasterSettings.options(settings);
        AdminOptions admin = AdminSettings.options(settings);
        ServerLife life = ServerLife.begin();
        MasterServer server = life.start(
                        () -> RunningMaster.start(options, admin, settings.get(AdminSettings.MOONCAKE_NAMES)))
                .server();
        String where = "master on " + settings.get(MasterSettings.BIND_HOST) + ":" + server.port();
        if (!server.hasLoaded()) {
            ServerLife.say(console, "listening: " + where);
            server.awaitLoaded();
        }
        return life.serve(console, where);
    }
}
