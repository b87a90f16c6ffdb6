package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import java.util.UUID;

/**
 * Whom a link is with, and as whom. A grant's requests go only over links of its own generation and epoch (S3), and of its
 * own segment (S6): one-sided access passes through no check.
 */
record LinkKey(String host, int port, UUID segmentId, long processNonce, UUID client, Epoch epoch, long generation) {
    static LinkKey of(SegmentTarget target) {
        AccessToken token = target.token();
        return new LinkKey(
                target.host(),
                target.dataPort(),
                token.segmentId(),
                token.processNonce(),
                token.clientId(),
                token.epoch(),
                token.generation());
    }

    /** Where it is. */
    @Override
    public String toString() {
        return host + ":" + port;
    }
}
