package io.mooncake4j.transfer.tcp;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.UUID;

/** Whom a connection is with, and as whom: a process of a node, and a session there. */
record Peer(String host, int port, long processNonce, UUID client, long generation) {
    static Peer of(SegmentTarget target) {
        AccessToken token = target.token();
        return new Peer(target.host(), target.dataPort(), token.processNonce(), token.clientId(), token.generation());
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
