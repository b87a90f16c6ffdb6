package io.mooncake4j.master.service;

import io.mooncake4j.transfer.safety.SafetyRules;

/** What tests of whole clusters need of a master and its operators don't. */
public final class MasterSeams {
    private MasterSeams() {}

    public static MasterServer start(MasterOptions options, SafetyRules rules) {
        return MasterServer.start(options, rules);
    }
}
