package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.etcd.Etcd;
import io.mooncake4j.master.etcd.EtcdEntry;
import io.mooncake4j.master.journal.Audit;
import io.mooncake4j.master.journal.Reset;
import io.mooncake4j.transfer.settings.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code metadata reset}. */
@Command(
        name = "reset",
        description = {
            "Delete all that the masters of one prefix keep in etcd: the store begins anew, empty.",
            "For a store whose placement is damaged and has no backup, or that is not wanted any more. First stop its masters:"
                    + " while one leads, nothing is deleted, and one that knew the store stays out until it is started again."
                    + " Nodes may stay up: they give up their content and join the new store empty.",
            "Says what would be lost and asks; where nobody can be asked, --yes is needed."
        },
        footer = {
            "  mooncake4j metadata reset --config /etc/mooncake4j.yaml",
            "  mooncake4j metadata reset --etcd-prefix /trial/ --yes"
        })
final class ResetCommand extends EtcdCommand {
    @Option(names = "--yes", description = "Don't ask.")
    boolean yes;

    ResetCommand(Console console) {
        super(console);
    }

    @Override
    int run(Settings settings, Etcd etcd, Audit audit) throws FailedException {
        EtcdEntry leader = audit.summary().leader();
        if (leader != null) {
            throw led(leader);
        }
        String prefix = settings.get(JournalSettings.PREFIX);
        PlacementTotals totals = PlacementTotals.of(audit);
        console.err()
                .println("below " + prefix + " is cluster " + audit.summary().clusterId() + " with "
                        + Figures.count(totals.objects()) + " objects of " + Figures.size(totals.bytes()) + " in "
                        + Figures.count(totals.segments()) + " segments"
                        + (audit.findings().isEmpty() ? "" : ", as far as it can be read")
                        + "; all of them would be lost");
        if (!yes && !agreed()) {
            throw new FailedException("nothing was deleted; to delete without being asked, give --yes");
        }
        Optional<EtcdEntry> won = Reset.run(etcd);
        if (won.isPresent()) {
            throw led(won.get());
        }
        console.out()
                .println("deleted: the store begins anew when a master is started; start those again that still run");
        return ExitCode.DONE;
    }

    private static FailedException led(EtcdEntry leader) {
        return new FailedException("the master at " + address(leader)
                + " leads this store, so nothing was deleted: stop all its masters first");
    }

    private boolean agreed() {
        if (!console.terminal()) {
            return false;
        }
        console.err().print("Delete all of it? Type yes: ");
        console.err().flush();
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
            String answer = in.readLine();
            return answer != null && answer.strip().equals("yes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
