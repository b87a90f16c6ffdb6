package io.mooncake4j.transfer.engine;

import io.mooncake4j.transfer.memory.Regions;
import io.mooncake4j.transfer.safety.SafetyRules;
import io.mooncake4j.transfer.server.AccessGate;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.Epoch;
import io.mooncake4j.transfer.wire.SealKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Memory, gate and sessions of a storage node, and the master that seals tokens for it, without any transport. */
public final class TestNode implements Regions {
    public static final long NONCE = 77;

    private final UUID segment = UUID.randomUUID();
    private final Epoch epoch = new Epoch(UUID.randomUUID(), 5);
    private final SealKey key = SealKey.derive("secret".getBytes(StandardCharsets.UTF_8), segment, epoch);
    private final Epoch nextEpoch = new Epoch(epoch.clusterId(), 6);
    private final SealKey nextKey = SealKey.derive("secret".getBytes(StandardCharsets.UTF_8), segment, nextEpoch);
    private final List<ByteBuffer> memory = new ArrayList<>();
    private final AccessGate gate;
    private final SessionTable sessions;

    public TestNode(int regions, int regionBytes, SafetyRules rules) {
        for (int i = 0; i < regions; i++) {
            memory.add(ByteBuffer.allocateDirect(regionBytes));
        }
        gate = new AccessGate(this, segment, NONCE, rules);
        sessions = new SessionTable(rules);
        long now = System.nanoTime();
        gate.adopt(epoch, key, now, now, now);
    }

    @Override
    public int count() {
        return memory.size();
    }

    @Override
    public ByteBuffer region(int index) {
        return memory.get(index);
    }

    /** A part of a region. */
    public ByteBuffer memory(int region, int offset, int length) {
        return memory.get(region).slice(offset, length);
    }

    public AccessGate gate() {
        return gate;
    }

    public SessionTable sessions() {
        return sessions;
    }

    /** A token as the master would make it now, for a client of generation 1, without ranges. */
    public TokenDraft draft(AccessToken.Mode mode, UUID client) {
        TokenDraft draft = new TokenDraft();
        draft.mode = mode;
        draft.client = client;
        draft.segment = segment;
        draft.epoch = epoch;
        draft.key = key;
        return draft;
    }

    /** The node hears of the next leader: reads of the present one's clients go on for a minute. */
    public void supersede() {
        gate.supersede(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
    }

    /** The node follows the next leader. */
    public void adoptNext() {
        long now = System.nanoTime();
        gate.adopt(nextEpoch, nextKey, now, now, now);
    }

    /** As {@link #draft}, of the next leader. */
    public TokenDraft nextDraft(AccessToken.Mode mode, UUID client) {
        TokenDraft draft = draft(mode, client);
        draft.epoch = nextEpoch;
        draft.key = nextKey;
        return draft;
    }

    /** A token before it is sealed; tests spoil its fields. */
    public static final class TokenDraft {
        public AccessToken.Mode mode = AccessToken.Mode.READ;
        public UUID segment;
        public long nonce = NONCE;
        public Epoch epoch;
        public UUID client;
        public long generation = 1;
        public long deadlineTicks = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        public SealKey key;
        /** Changes the token under the seal. */
        public Consumer<TokenDraft> afterSealing = draft -> {};

        private final List<long[]> ranges = new ArrayList<>();

        public TokenDraft range(int region, long offset, long length) {
            ranges.add(new long[] {region, offset, length});
            return this;
        }

        public AccessToken seal() {
            AccessToken sealed = token(new byte[AccessToken.MAC_BYTES]).sealedBy(key);
            afterSealing.accept(this);
            return token(sealed.mac());
        }

        private AccessToken token(byte[] mac) {
            int[] regions = ranges.stream().mapToInt(range -> (int) range[0]).toArray();
            long[] offsets = ranges.stream().mapToLong(range -> range[1]).toArray();
            long[] lengths = ranges.stream().mapToLong(range -> range[2]).toArray();
            return new AccessToken(
                    mode, segment, nonce, epoch, client, generation, deadlineTicks, regions, offsets, lengths, mac);
        }
    }
}
