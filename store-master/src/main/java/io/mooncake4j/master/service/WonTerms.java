package io.mooncake4j.master.service;

import io.mooncake4j.master.ha.Leadership;
import io.mooncake4j.master.ha.Terms;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The terms that a master among several wins, one after the other, behind its gate. */
final class WonTerms implements Terms {
    private final MasterOptions options;
    private final SafetyRules rules;
    private final LeaderGate gate;
    private final CallMeters meters;
    private final Executor workers;
    private final TermCounters counters = new TermCounters();
    private volatile @Nullable ServedTerm current;

    WonTerms(MasterOptions options, SafetyRules rules, LeaderGate gate, CallMeters meters, Executor workers) {
        this.options = options;
        this.rules = rules;
        this.gate = gate;
        this.meters = meters;
        this.workers = workers;
    }

    @Nullable
    ServedTerm current() {
        return current;
    }

    TermCounters counters() {
        return counters;
    }

    @Override
    public MasterCore takeOver(
            Epoch epoch, byte[] clusterSecret, ChangeLog log, DurableState state, long followedSinceNanos) {
        return MasterCore.takeOver(
                Cores.settings(epoch, clusterSecret, options, rules), log, state, followedSinceNanos);
    }

    @Override
    public void serve(MasterCore core, Leadership leadership) {
        ServedTerm term = new ServedTerm(core, options, meters, leadership, workers);
        current = term;
        counters.begin(core.counters());
        gate.open(term.service(), leadership);
    }

    @Override
    public void stopServing() {
        gate.close();
        ServedTerm term = current;
        if (term != null) {
            term.close();
            current = null;
            counters.end();
        }
    }

    @Override
    public void leaderIs(String address) {
        gate.leaderIs(address);
    }
}
