package io.mooncake4j.master.service;

import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.PlacementStrategy;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.wire.Epoch;
import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;

/** What a term of this process starts with. */
final class Cores {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Cores() {}

    static MasterCore.Settings settings(Epoch epoch, byte[] clusterSecret, MasterOptions options, SafetyRules rules) {
        return new MasterCore.Settings(
                epoch,
                clusterSecret,
                options.times(),
                PlacementStrategy.of(options.allocationStrategy()),
                ThreadLocalRandom::current,
                rules,
                // Another term must not take an old grant id for one of its own.
                RANDOM.nextLong() >>> 2,
                System.nanoTime());
    }

    static byte[] randomSecret() {
        byte[] secret = new byte[32];
        RANDOM.nextBytes(secret);
        return secret;
    }
}
