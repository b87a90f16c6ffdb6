package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.Counters;
import io.mooncake4j.master.placement.JournalStatus;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.HostPort;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What every master answers, at once and from what it knows: how it does, and who leads. */
final class HealthPages {
    private final MasterStatus status;

    HealthPages(MasterStatus status) {
        this.status = status;
    }

    void addTo(HttpRoutes routes) {
        routes.getQuickly("/health", this::health)
                .getQuickly("/ready", this::ready)
                .getQuickly("/role", request -> HttpAnswer.text(200, role()))
                .getQuickly("/ha_status", request -> HttpAnswer.text(200, haState()))
                .getQuickly("/leader", this::leader)
                .get("/metrics/summary", request -> HttpAnswer.text(200, summary()));
    }

    String role() {
        return status.leading() != null ? "leader" : "standby";
    }

    private String haState() {
        return status.leading() != null ? "serving" : status.isReady() ? "standby" : "recovering";
    }

    /** Of the process alone: a standby, or a master whose etcd is away, is none that a restart would help. */
    private HttpAnswer health(HttpRequest request) {
        return HttpAnswer.json(200, state("ok"));
    }

    private HttpAnswer ready(HttpRequest request) {
        boolean ready = status.isReady();
        return HttpAnswer.json(ready ? 200 : 503, state(ready ? "ok" : "has not read the whole placement yet"));
    }

    private JsonText state(String text) {
        JsonText json = new JsonText()
                .beginObject()
                .field("status", text)
                .field("role", role())
                .field("ha_state", haState())
                .field("service_ready", status.leading() != null);
        return leader(json).endObject();
    }

    private HttpAnswer leader(HttpRequest request) {
        boolean present = status.leader() != null || status.leading() != null;
        return HttpAnswer.json(
                200,
                leader(new JsonText().beginObject().field("present", present)).endObject());
    }

    private JsonText leader(JsonText json) {
        HostPort leader = status.leader();
        if (leader != null) {
            json.field("leader_address", leader.toString());
        }
        MasterCore core = status.leading();
        return core == null ? json : json.field("view_version", core.epoch().revision());
    }

    private String summary() {
        StringBuilder text = new StringBuilder("role=" + role() + ", state=" + haState());
        HostPort leader = status.leader();
        text.append(leader == null ? "\n" : ", leader=" + leader + "\n");
        MasterCore core = status.leading();
        if (core != null) {
            text.append(memory(core));
        }
        text.append(counted());
        @Nullable JournalStatus journal = core == null ? null : core.log().status();
        if (journal != null) {
            text.append("journal: record " + journal.records() + ", durable " + journal.durableRecords() + ", lag "
                    + journal.lagNanos() / 1_000_000 + " ms, etcd " + journal.usedBytes() + " of "
                    + journal.quotaBytes() + " bytes\n");
            journal.advice().forEach(advice -> text.append("advice: " + advice + "\n"));
        }
        return text.toString();
    }

    private static String memory(MasterCore core) {
        long capacity = 0;
        long used = 0;
        int usable = 0;
        for (Segment segment : core.segmentTable().all()) {
            if (segment.usable()) {
                capacity += segment.sizeBytes();
                used += segment.usedBytes();
                usable++;
            }
        }
        return "nodes: " + usable + " of " + core.segmentTable().all().size() + " take objects\n" + "memory: " + used
                + " of " + capacity + " bytes used" + (capacity == 0 ? "" : " (" + 100 * used / capacity + " %)")
                + "\nobjects: " + core.objects().objectCount() + ", open puts "
                + core.puts().openGrants() + "\n";
    }

    private String counted() {
        return "puts: " + sum(counted -> counted.putsCommitted) + " (" + sum(counted -> counted.putBytes)
                + " bytes)\ngets: " + sum(counted -> counted.getsHit) + " hits, " + sum(counted -> counted.getsMissed)
                + " misses\nevicted: " + sum(counted -> counted.evictedObjects) + " ("
                + sum(counted -> counted.evictedBytes) + " bytes)\nfull: " + sum(counted -> counted.putsFull)
                + "\nlapsed puts: " + sum(counted -> counted.grantsLapsed) + ", sessions cut: "
                + sum(counted -> counted.sessionsCut) + ", corrupt replicas: "
                + sum(counted -> counted.corruptReplicas) + "\n";
    }

    private long sum(Function<Counters, LongAdder> counter) {
        return status.counters().sum(counter);
    }
}
