package io.mooncake4j.transfer.rpc;

import io.mooncake4j.transfer.wire.HostPort;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects one link to the server that leads: asks all servers at once, and again after pauses, so that one that hangs
 * holds up nobody. A server alone is asked nothing. Runs on the link's event loop.
 */
final class Connector {
    private static final int MOST_BY_HEARSAY = 4;

    private final RpcClientOptions options;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final ClientLink link;

    private final List<Candidate> candidates = new ArrayList<>();
    /** Those that others named as the leader, which are not among the options' addresses. */
    private final List<Candidate> hearsay = new ArrayList<>();

    private @Nullable Candidate winner;
    private boolean searching;
    private boolean closed;
    private String lastFailure = "none yet";

    Connector(RpcClientOptions options, Bootstrap bootstrap, EventLoop loop, ClientLink link) {
        this.options = options;
        this.bootstrap = bootstrap;
        this.loop = loop;
        this.link = link;
        for (HostPort address : new LinkedHashSet<>(options.addresses)) {
            candidates.add(new Candidate(address, this, options, loop));
        }
    }

    String lastFailure() {
        return lastFailure;
    }

    /** Whether there is another server to turn to. */
    boolean hasChoice() {
        return candidates.size() + hearsay.size() > 1 || candidates.get(0).isOneOfSeveralHosts();
    }

    /** Begins for the first time. */
    void connect() {
        if (!closed) {
            searching = true;
            candidates.forEach(Candidate::connectNow);
        }
    }

    /** What was connected works. */
    void succeeded() {
        if (winner != null) {
            winner.succeeded();
        }
    }

    /** The connection is gone. */
    void lost(String reason) {
        countAgainstWinner(reason);
        search();
    }

    /** The server that was connected does not lead. */
    void deposed(String reason, @Nullable HostPort leader) {
        countAgainstWinner(reason);
        search();
        if (leader != null) {
            hurry(leader);
        }
    }

    /** The server that is connected says nothing: another may lead. */
    void doubt() {
        search();
    }

    /** The server that is connected speaks again. */
    void trust() {
        if (searching) {
            searching = false;
            all().forEach(Candidate::stop);
        }
    }

    void close() {
        closed = true;
        searching = false;
        all().forEach(Candidate::stop);
    }

    private void countAgainstWinner(String reason) {
        if (winner != null) {
            lastFailure = winner.address + ": " + reason;
            winner.countFailure();
        }
    }

    private void search() {
        if (!closed && !searching) {
            searching = true;
            all().forEach(Candidate::begin);
        }
    }

    private List<Candidate> all() {
        List<Candidate> all = new ArrayList<>(candidates);
        all.addAll(hearsay);
        return all;
    }

    // what candidates say

    ChannelFuture connect(Candidate candidate, InetAddress host, int attempt) {
        return bootstrap
                .clone()
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ClientConnection(link, candidate, attempt, options));
                    }
                })
                .connect(host, candidate.address.port());
    }

    void failed(Candidate candidate, String reason) {
        lastFailure = candidate.address + ": " + reason;
    }

    void doesNotLead(Candidate candidate, @Nullable HostPort leader) {
        lastFailure = candidate.address + ": does not lead" + (leader == null ? "" : ", but " + leader);
        if (leader != null) {
            hurry(leader);
        }
    }

    private void hurry(HostPort leader) {
        for (Candidate candidate : all()) {
            if (candidate.address.equals(leader)) {
                candidate.hurry();
                return;
            }
        }
        if (hearsay.size() == MOST_BY_HEARSAY) {
            hearsay.remove(0).stop();
        }
        Candidate named = new Candidate(leader, this, options, loop);
        hearsay.add(named);
        named.connectNow();
    }

    void won(Candidate candidate, ClientConnection connection) {
        searching = false;
        all().forEach(Candidate::stop);
        Candidate before = winner;
        winner = candidate;
        link.connected(connection, candidate == before);
    }
}
