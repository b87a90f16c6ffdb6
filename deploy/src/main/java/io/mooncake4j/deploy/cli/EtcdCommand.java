package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.etcd.JetcdEtcd;
import io.mooncake4j.master.ha.LeaderKey;
import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A command that looks at what masters keep in etcd. */
abstract class EtcdCommand extends SettingsCommand {
    private static final List<Setting<?>> SETTINGS = Stream.concat(
                    JournalSettings.CONNECTION.stream(), Stream.of(CommonSettings.CONFIG, CommonSettings.LOG_LEVEL))
            .toList();

    EtcdCommand(Console console) {
        super(console, SETTINGS);
    }

    @Override
    final int run(Settings settings) throws FailedException {
        try (Etcd etcd = JetcdEtcd.open(JournalSettings.etcd(settings))) {
            Audit audit = Audit.of(etcd);
            if (audit.summary().keys() == 0 && audit.summary().leader() == null) {
                console.err()
                        .println("mooncake4j metadata " + spec.name() + ": there is nothing below "
                                + settings.get(JournalSettings.PREFIX) + " in etcd at "
                                + settings.get(JournalSettings.ENDPOINTS) + "; no master has used this prefix ("
                                + JournalSettings.PREFIX.flag() + ")");
                return ExitCode.NOT_FOUND;
            }
            return run(settings, etcd, audit);
        }
    }

    abstract int run(Settings settings, Etcd etcd, Audit audit) throws FailedException;

    /** Where the leader is, for people. */
    static String address(EtcdEntry leader) {
        String address = LeaderKey.of(leader).address();
        return address.isEmpty() ? "somebody unknown" : address;
    }

    static @Nullable String addressOrNull(@Nullable EtcdEntry leader) {
        return leader == null ? null : LeaderKey.of(leader).address();
    }
}
