package io.mooncake4j.transfer.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.transfer.wire.Epoch;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PeerPausesTest {
    private static final long PAUSE = 1_000_000;

    private final PeerPauses pauses = new PeerPauses(PAUSE);
    private final LinkKey peer = key(1, 1);

    @Test
    void shouldLetOneTryWhenThePauseIsOver() {
        assertThat(pauses.pausedBecause(peer, 0)).isNull();
        pauses.failed(peer, 0, "a cable");
        assertThat(pauses.pausedBecause(peer, PAUSE * 8 / 10 - 1)).isEqualTo("a cable");
        assertThat(pauses.pausedBecause(peer, PAUSE * 12 / 10)).isNull();
        assertThat(pauses.pausedBecause(peer, PAUSE * 12 / 10)).isEqualTo("a cable");
        pauses.worked(peer);
        assertThat(pauses.pausedBecause(peer, PAUSE * 12 / 10)).isNull();
        assertThat(pauses.count()).isZero();
    }

    /** A session that is cut says nothing against its node; a node that ends whatever begins is no use. */
    @Test
    void shouldPauseOnlyWhenANodeEndsOneLinkAfterTheOther() {
        pauses.ended(peer, 0, "the node ended it");
        assertThat(pauses.count()).isZero();
        pauses.worked(peer);
        pauses.ended(peer, 1, "the node ended it");
        assertThat(pauses.pausedBecause(peer, 1)).isNull();
        pauses.ended(peer, 2, "the node ended it");
        assertThat(pauses.pausedBecause(peer, 3)).isEqualTo("the node ended it");
    }

    @Test
    void shouldPauseANodesProcessForAllSessionsAndNoOther() {
        pauses.failed(peer, 0, "a cable");
        assertThat(pauses.pausedBecause(key(1, 2), 1)).isEqualTo("a cable");
        assertThat(pauses.pausedBecause(key(2, 1), 1)).isNull();
    }

    @Test
    void shouldForgetWhenNobodyTriesAnyMore() {
        pauses.failed(peer, 0, "a cable");
        pauses.forget(PAUSE * 2);
        assertThat(pauses.count()).isOne();
        pauses.forget(PAUSE * 30);
        assertThat(pauses.count()).isZero();
    }

    @Test
    void shouldNotComeBackAllAtOnce() {
        Set<Long> ends = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            pauses.failed(peer, 0, "a cable");
            long end = PAUSE * 7 / 10;
            while (pauses.pausedBecause(peer, end) != null) {
                end += PAUSE / 100;
            }
            assertThat(end).isBetween(PAUSE * 8 / 10, PAUSE * 122 / 100);
            ends.add(end);
        }
        assertThat(ends).hasSizeGreaterThan(3);
    }

    private static LinkKey key(long nonce, long generation) {
        return new LinkKey("host", 1, nonce, new UUID(1, 1), new Epoch(new UUID(2, 2), 1), generation);
    }
}
