package io.mooncake4j.node;

import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessHook;

/** What tests of whole clusters need of a node and its operators don't. */
public final class NodeSeams {
    private NodeSeams() {}

    public static NodeOptions.Builder rulesAndHook(NodeOptions.Builder builder, SafetyRules rules, AccessHook hook) {
        return builder.safetyRules(rules).accessHook(hook);
    }
}
