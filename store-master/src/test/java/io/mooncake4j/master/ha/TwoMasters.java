package io.mooncake4j.master.ha;

import io.mooncake4j.master.etcd.EtcdModel;
import io.mooncake4j.master.journal.JournalOptions;
import io.mooncake4j.master.journal.ManualLoop;
import io.mooncake4j.master.placement.ChangeLog;
import io.mooncake4j.master.placement.DurableState;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.MasterTimes;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Two masters over a model of etcd, as far as their role goes, in simulated time. */
abstract class TwoMasters {
    static final long SECOND = 1_000_000_000L;

    final ManualLoop loop = new ManualLoop();
    final EtcdModel etcd = new EtcdModel(loop::nanoTime);
    SafetyRules rules = SafetyRules.ALL;
    Process first = new Process("first:1");
    Process second = new Process("second:2");

    /** A master process, of which only its role is real. */
    final class Process implements Terms, EtcdModel.Link {
        final MasterLife life;
        boolean cutOff;
        boolean deaf;
        long delayNanos;

        @Nullable
        MasterCore core;

        @Nullable
        Leadership leadership;

        boolean serving;
        String leader = "?";
        int takeovers;
        int requests;

        Process(String address) {
            life = new MasterLife(
                    etcd.client(this),
                    loop,
                    loop,
                    new HaOptions(
                            address,
                            Duration.ofSeconds(5),
                            new byte[32],
                            true,
                            JournalOptions.defaults().with(false, rules)),
                    this,
                    new Random(address.hashCode()));
        }

        boolean leads() {
            return serving && leadership != null && leadership.holds();
        }

        MasterCore core() {
            if (core == null) {
                throw new AssertionError("it never led");
            }
            return core;
        }

        @Override
        public boolean arrives() {
            requests++;
            return !cutOff;
        }

        @Override
        public boolean answers() {
            return !deaf;
        }

        @Override
        public void deliver(Runnable completion) {
            if (delayNanos == 0) {
                completion.run();
            } else {
                loop.schedule(delayNanos, completion);
            }
        }

        @Override
        public MasterCore takeOver(
                Epoch epoch, byte[] clusterSecret, ChangeLog log, DurableState state, long followedSinceNanos) {
            takeovers++;
            Random random = new Random(takeovers);
            return MasterCore.takeOver(
                    new MasterCore.Settings(
                            epoch,
                            clusterSecret,
                            MasterTimes.defaults(),
                            PlacementStrategy.of("random"),
                            () -> random,
                            rules,
                            epoch.revision() << 32,
                            loop.nanoTime()),
                    log,
                    state,
                    followedSinceNanos);
        }

        @Override
        public void serve(MasterCore served, Leadership proof) {
            core = served;
            leadership = proof;
            serving = true;
        }

        @Override
        public void stopServing() {
            serving = false;
        }

        @Override
        public void leaderIs(String address) {
            leader = address;
        }
    }

    void seconds(double seconds) {
        loop.pass((long) (seconds * SECOND));
    }

    void startBoth() {
        first.life.start();
        seconds(1);
        second.life.start();
        seconds(1);
    }
}
