package io.mooncake4j.deploy.cli;

import io.mooncake4j.deploy.doctor.Doctor;
import io.mooncake4j.deploy.doctor.Finding;
import io.mooncake4j.deploy.doctor.Host;
import io.mooncake4j.deploy.doctor.Level;
import io.mooncake4j.deploy.doctor.Needs;
import io.mooncake4j.deploy.doctor.RdmaView;
import io.mooncake4j.transfer.settings.Settings;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}. */
@Command(
        name = "doctor",
        description = {
            "Look at this machine for all that RDMA needs, and say what is wrong and what to do.",
            "Reads files of Linux, asks the devices, and tries each device that may be used: registers memory, connects it"
                    + " to itself by rdma_cm, writes, reads back, compares. Changes nothing, needs no root, no master and"
                    + " no node, and says what it can't see.",
            "One line a finding. 'ok' is as it should be. 'unknown' can't be seen from here, such as versions of the host in"
                    + " a container. 'warning' works, but not as it could. 'problem' means that what the settings ask for"
                    + " won't work, and exit status 1. Without --protocol rdma (MOONCAKE_PROTOCOL=rdma) RDMA isn't asked"
                    + " for: then what keeps it from working is a warning, and no device at all is nothing to speak of.",
            "Give it the settings of the process that it is about: with the node's configuration file and environment it"
                    + " says whether that node will use RDMA. With --client it looks for a client: at its buffer pool"
                    + " instead of a segment."
        },
        footer = {
            "  mooncake4j doctor --protocol rdma --segment-size 64GB",
            "  mooncake4j doctor --config /etc/mooncake4j/mooncake4j.yaml",
            "  mooncake4j doctor --client --protocol rdma --rdma-device erdma_0",
            "  mooncake4j doctor --protocol rdma --json | jq -r '.findings[] | select(.level == \"problem\") | .fix'"
        })
final class DoctorCommand extends SettingsCommand {
    private final Doctor doctor;

    @Option(
            names = "--json",
            description = "Print the result as one JSON object. Names of fields don't change; new ones may come.")
    private boolean json;

    @Option(names = "--client", description = "Look for a client instead of a node.")
    private boolean client;

    DoctorCommand(Console console) {
        this(console, new Doctor(Host.real(), RdmaView.real()));
    }

    DoctorCommand(Console console, Doctor doctor) {
        super(console, DoctorSettings.ALL);
        this.doctor = doctor;
    }

    @Override
    int run(Settings settings) {
        Needs needs = DoctorSettings.needs(settings, client);
        List<Finding> findings = doctor.examine(needs);
        long problems = count(findings, Level.PROBLEM);
        long warnings = count(findings, Level.WARNING);
        if (json) {
            new Fields()
                    .with("rdma_wanted", needs.rdmaWanted())
                    .with("problems", problems)
                    .with("warnings", warnings)
                    .with(
                            "findings",
                            findings.stream().map(DoctorCommand::fields).toList())
                    .print(console.out());
        } else {
            findings.forEach(finding -> console.out().println(line(finding)));
            console.out().println();
            console.out().println(summary(needs, problems, warnings));
        }
        return problems == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }

    private static Fields fields(Finding finding) {
        return new Fields()
                .with("level", finding.level().text())
                .with("check", finding.check())
                .with("found", finding.found())
                .with("fix", finding.fix().isEmpty() ? null : finding.fix());
    }

    private static String line(Finding finding) {
        return String.format(
                Locale.ROOT,
                "%-8s %-13s %s%s",
                finding.level().text(),
                finding.check(),
                Printable.of(finding.found()),
                finding.fix().isEmpty() ? "" : "; to do: " + Printable.of(finding.fix()));
    }

    private static String summary(Needs needs, long problems, long warnings) {
        String counts = "problems: " + problems + ", warnings: " + warnings;
        if (problems > 0) {
            return counts;
        }
        return counts + (needs.rdmaWanted() ? "; RDMA can be used here" : "; RDMA isn't asked for");
    }
}
