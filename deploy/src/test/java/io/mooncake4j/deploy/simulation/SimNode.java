package io.mooncake4j.deploy.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.mooncake4j.client.Surroundings;
import io.mooncake4j.node.NodeIdentity;
import io.mooncake4j.node.NodeProtocol;
import io.mooncake4j.transfer.memory.ModelledMemory;
import io.mooncake4j.transfer.memory.SegmentMemory;
import io.mooncake4j.transfer.server.SessionTable;
import io.mooncake4j.transfer.wire.AccessToken;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.Method;
import io.mooncake4j.transfer.wire.StoreException;
import io.mooncake4j.transfer.wire.proto.MountSegmentResponse;
import io.mooncake4j.transfer.wire.proto.PingRequest;
import io.mooncake4j.transfer.wire.proto.PingResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A machine with the memory of one segment, and the life of the node process on it. {@link NodeProtocol}, with its orders,
 * checks of replicas, gate and sessions, and the memory's id and header are the node's own code; what {@code NodeLife} and
 * {@code StorageNode} do around it with threads is done by events here.
 */
final class SimNode {
    /** Sees a write that was checked and has not ended. */
    interface WriteVisitor {
        void write(NodeEnd end, AccessToken token, int region, long offset, long length);
    }

    private static final long CALL_NANOS = 3_000_000_000L;
    private static final long PING_GAP_NANOS = 10_000_000L;
    private static final long BACKOFF_MIN_NANOS = 50_000_000L;
    private static final long BACKOFF_MAX_NANOS = 2_000_000_000L;
    private static final int MAX_DOUBLINGS = 20;
    private static final long CUT_NANOS = 3_000_000_000L;

    private final World world;
    private final int number;
    private final SimClock clock;
    private final List<ByteBuffer> regions = new ArrayList<>();
    private final Set<NodeEnd> ends = new LinkedHashSet<>();
    /** Per client the highest generation whose cut the master was told of, of the present sessions. */
    private final Map<UUID, Long> confirmedCuts = new HashMap<>();

    private SegmentMemory memory;
    private SimProcess process;
    private long nonce;
    private long lives;
    private NodeProtocol protocol;
    private boolean listening;
    private boolean stopping;
    private boolean waiting;
    private long pingedNanos;
    private long backoffNanos;
    private int pingFailures;
    private long adoptedRevision;

    SimNode(World world, int number) {
        this.world = world;
        this.number = number;
        this.clock = new SimClock(world.scheduler());
        for (int i = 0; i < world.plan().regions(); i++) {
            regions.add(ByteBuffer.allocate(world.plan().regionBytes()));
        }
        this.memory = open(world.newId(), null, false);
        this.process = newProcess();
        this.protocol = newProtocol();
        begin();
    }

    private SegmentMemory open(UUID id, @Nullable UUID cluster, boolean warm) {
        Plan plan = world.plan();
        return ModelledMemory.open(
                "node-" + number, regions, plan.segmentBytes(), plan.regionBytes(), id, cluster, warm, world::newId);
    }

    private SimProcess newProcess() {
        nonce = ++lives << 8 | number;
        return new SimProcess("node-" + number + "." + lives, world.scheduler(), clock);
    }

    private NodeProtocol newProtocol() {
        SimProcess life = process;
        return new NodeProtocol(
                memory,
                new NodeIdentity("node-" + number, "host-" + number, "host-" + number, nonce),
                world.plan().rules(),
                check -> life.after(world.scheduler().between(100_000, 50_000_000), check),
                () -> life.after(0, this::news));
    }

    /** The process starts, with the memory that the last one left, or, cold, without. */
    void start(boolean warm) {
        if (process.alive()) {
            throw new IllegalStateException(process + " runs");
        }
        if (warm) {
            SegmentMemory left = memory;
            memory = open(
                    left.id(), left.clusterId().orElse(null), left.clusterId().isPresent());
            memory.tell(left.toldRevision(), left.toldSequence());
        } else {
            byte[] waste = new byte[world.plan().regionBytes()];
            for (ByteBuffer region : regions) {
                world.scheduler().random.nextBytes(waste);
                region.put(0, waste);
            }
            memory = open(world.newId(), null, false);
        }
        process = newProcess();
        protocol = newProtocol();
        begin();
    }

    private void begin() {
        listening = true;
        stopping = false;
        waiting = false;
        confirmedCuts.clear();
        backoffNanos = BACKOFF_MIN_NANOS;
        pingFailures = 0;
        adoptedRevision = 0;
        process.after(1, this::live);
    }

    void kill() {
        process.kill();
        listening = false;
        for (NodeEnd end : List.copyOf(ends)) {
            end.died();
        }
        ends.clear();
    }

    SimProcess process() {
        return process;
    }

    long nonce() {
        return nonce;
    }

    /** Of the leader that it follows, or followed last. */
    long adoptedRevision() {
        return adoptedRevision;
    }

    boolean isSegment(UUID id) {
        return memory.id().equals(id);
    }

    UUID segmentId() {
        return memory.id();
    }

    // What NodeLife does

    private void live() {
        if (stopping) {
            return;
        }
        switch (protocol.step()) {
            case MOUNT -> mount();
            case PING -> ping();
            case CUT_WRITERS -> cutWriters();
            case CUT -> cut();
        }
    }

    private void mount() {
        long pause = backoffNanos > BACKOFF_MIN_NANOS ? world.scheduler().between(backoffNanos / 2, backoffNanos) : 0;
        backoffNanos = Math.min(2 * backoffNanos, BACKOFF_MAX_NANOS);
        process.after(pause, () -> {
            if (stopping) {
                return;
            }
            listening = true;
            long sentNanos = process.nowNanos();
            call(Method.MOUNT_SEGMENT, protocol.mountRequest(1 + number, false), body -> {
                MountSegmentResponse answer = MountSegmentResponse.parseFrom(body);
                protocol.mounted(answer, sentNanos, process.nowNanos());
                if (protocol.step() == NodeProtocol.Step.PING) {
                    world.checks().nodes.joined(memory.id(), memory.clusterId().orElseThrow());
                    adoptedRevision = answer.getEpoch().getRevision();
                    backoffNanos = BACKOFF_MIN_NANOS;
                    pingedNanos = sentNanos - protocol.pingIntervalNanos();
                }
            });
        });
    }

    private void ping() {
        long gap = protocol.pingIntervalNanos();
        if (protocol.hasNews() || protocol.isUrgent()) {
            gap = PING_GAP_NANOS;
        } else if (pingFailures > 0) {
            gap = Math.min(gap, BACKOFF_MIN_NANOS << Math.min(pingFailures - 1, MAX_DOUBLINGS));
        }
        long left = pingedNanos + gap - process.nowNanos();
        if (left > 0) {
            waiting = true;
            process.after(left, this::news);
            return;
        }
        pingedNanos = process.nowNanos();
        long sentNanos = pingedNanos;
        PingRequest request = protocol.pingRequest();
        call(Method.PING, request, body -> {
            pingFailures = 0;
            protocol.pinged(request, PingResponse.parseFrom(body), sentNanos, process.nowNanos());
        });
    }

    /** The wait for the next ping is over, or may be shorter now. */
    private void news() {
        if (waiting) {
            waiting = false;
            live();
        }
    }

    private void cutWriters() {
        protocol.sessions()
                .cutWriters()
                .whenComplete((done, failure) -> process.after(1, () -> {
                    if (!stopping) {
                        confirmedCuts.clear();
                        protocol.writersCut();
                        live();
                    }
                }));
    }

    private void cut() {
        SessionTable cutting = protocol.sessions();
        cutting.cutAll()
                .whenComplete((done, failure) -> process.after(1, () -> {
                    if (!stopping) {
                        listening = false;
                        confirmedCuts.clear();
                        adoptedRevision = 0;
                        protocol.allCut();
                        live();
                    }
                }));
    }

    private interface Answered {
        void take(byte[] body) throws InvalidProtocolBufferException;
    }

    private void call(Method method, MessageLite request, Answered answered) {
        world.rpc().call(process, method, request, CALL_NANOS, new Surroundings.Reply() {
            @Override
            public void answered(byte[] body) {
                if (stopping) {
                    return;
                }
                try {
                    answered.take(body);
                    if (protocol.step() == NodeProtocol.Step.CUT && world.plan().cluster() != null) {
                        world.checks().nodes.gaveUp(SimNode.this);
                    }
                } catch (StoreException e) {
                    protocol.failed(e);
                    pingFailures++;
                } catch (InvalidProtocolBufferException e) {
                    throw new IllegalStateException(e);
                }
                process.after(1, SimNode.this::live);
            }

            @Override
            public void failed(ErrorCode code, boolean maybeDelivered) {
                if (!stopping) {
                    protocol.failed(new StoreException(code, "the call failed"));
                    pingFailures++;
                    process.after(1, SimNode.this::live);
                }
            }
        });
    }

    /** SIGTERM: cuts all sessions, for a while, tells the master, and ends; then the memory is kept or not. */
    void stop(boolean suspend, Runnable ended) {
        if (stopping) {
            return;
        }
        stopping = true;
        SimProcess life = process;
        boolean[] told = new boolean[1];
        Runnable tell = () -> {
            if (!told[0]) {
                told[0] = true;
                world.rpc()
                        .call(
                                life,
                                suspend ? Method.SUSPEND_SEGMENT : Method.LEAVE_SEGMENT,
                                protocol.segmentRequest(),
                                CALL_NANOS,
                                new Surroundings.Reply() {
                                    @Override
                                    public void answered(byte[] body) {
                                        end();
                                    }

                                    @Override
                                    public void failed(ErrorCode code, boolean maybeDelivered) {
                                        end();
                                    }

                                    private void end() {
                                        kill();
                                        ended.run();
                                    }
                                });
            }
        };
        protocol.sessions().cutAll().whenComplete((done, failure) -> life.after(1, tell));
        life.after(CUT_NANOS, tell);
    }

    // The data side

    /** A client connects; null: nobody listens. */
    @Nullable
    NodeEnd accept(DataLink link) {
        if (!process.alive() || !listening) {
            return null;
        }
        NodeEnd end = new NodeEnd(world, this, process, protocol.gate(), protocol.sessions(), link);
        ends.add(end);
        return end;
    }

    void left(NodeEnd end) {
        ends.remove(end);
    }

    Set<NodeEnd> ends() {
        return ends;
    }

    void forEachWrite(WriteVisitor visitor) {
        for (NodeEnd end : ends) {
            end.visitWrite(visitor);
        }
    }

    void cutConfirmed(UUID client, long generation) {
        confirmedCuts.merge(client, generation, Math::max);
    }

    /** Whether the master was told that this generation is cut. */
    boolean wasCut(SessionTable table, UUID client, long generation) {
        Long cut = confirmedCuts.get(client);
        return table == protocol.sessions() && cut != null && generation <= cut;
    }

    /** How long a thread takes for its next step. Some stall, wherever they are. */
    long threadNanos(int likeliness) {
        return world.stalls(likeliness)
                ? world.scheduler().between(1_000_000, 9_000_000_000L)
                : world.scheduler().between(1000, 100_000);
    }

    void place(int region, int offset, byte[] bytes) {
        regions.get(region).put(offset, bytes);
    }

    byte[] read(int region, int offset, int length) {
        byte[] bytes = new byte[length];
        regions.get(region).get(offset, bytes);
        return bytes;
    }

    boolean holds(int region, int offset, byte[] value, int from, int length) {
        return regions.get(region).slice(offset, length).equals(ByteBuffer.wrap(value, from, length));
    }

    /** A bit of a byte flips. */
    void damage(int region, int offset) {
        ByteBuffer bytes = Objects.requireNonNull(regions.get(region));
        bytes.put(offset, (byte) (bytes.get(offset) ^ 4));
    }

    @Override
    public String toString() {
        return process.toString();
    }
}
