package io.mooncake4j.transfer.rdma;

import io.mooncake4j.transfer.engine.SegmentTarget;
import io.mooncake4j.transfer.wire.AccessToken;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Keeps keys of links, so that a transfer to a node that was used before makes no new one. Safe for all threads. */
final class LinkKeys {
    private static final int SLOTS = 1024;

    private final AtomicReferenceArray<LinkKey> kept = new AtomicReferenceArray<>(SLOTS);

    LinkKey of(SegmentTarget target) {
        AccessToken token = target.token();
        long mixed = (token.processNonce() * 31 + token.epoch().revision()) * 31 + token.generation();
        int slot = (int) ((mixed * 0x9E3779B97F4A7C15L) >>> 54);
        LinkKey key = kept.get(slot);
        if (key == null || !matches(key, target, token)) {
            key = LinkKey.of(target);
            kept.set(slot, key);
        }
        return key;
    }

    private static boolean matches(LinkKey key, SegmentTarget target, AccessToken token) {
        return key.processNonce() == token.processNonce()
                && key.generation() == token.generation()
                && key.port() == target.dataPort()
                && key.host().equals(target.host())
                && key.segmentId().equals(token.segmentId())
                && key.client().equals(token.clientId())
                && key.epoch().equals(token.epoch());
    }
}
