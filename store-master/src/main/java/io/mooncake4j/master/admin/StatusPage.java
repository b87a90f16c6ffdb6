package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.JournalStatus;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.service.MasterStatus;
import io.mooncake4j.master.service.Standbys;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.HostPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The cluster at a glance, for people: one page, and the JSON that it asks for. */
final class StatusPage {
    /** More than anybody reads; those that don't do well come first. */
    private static final int MOST_NODES = 500;

    private static final String HTML = "text/html; charset=utf-8";
    /** The page brings everything along and talks to this server alone; names of nodes are only ever text in it. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src"
                    + " data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "Referrer-Policy",
            "no-referrer");

    private final MasterStatus status;
    private final History history;
    private final StandbyReport report;
    private final HttpAnswer page = new HttpAnswer(200, HTML, resource(), HEADERS);

    StatusPage(MasterStatus status, History history, StandbyReport report) {
        this.status = status;
        this.history = history;
        this.report = report;
    }

    void addTo(HttpRoutes routes) {
        routes.get("/", request -> page)
                .get("/api/v1/overview", this::overview)
                .get("/api/v1/history", request -> HttpAnswer.json(200, history.json(System.nanoTime())));
    }

    private static byte[] resource() {
        try (InputStream in = Objects.requireNonNull(StatusPage.class.getResourceAsStream("status.html"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpAnswer overview(HttpRequest request) {
        MasterCore core = status.leading();
        JsonText json = new JsonText()
                .beginObject()
                .field("role", core == null ? "standby" : "leader")
                .field("ready", status.isReady())
                .field("etcd", status.hasEtcd())
                .field("address", status.address())
                .field("standbyLagMs", TimeUnit.NANOSECONDS.toMillis(status.standbyLagNanos()))
                .field("record", status.followedRecord());
        HostPort leader = status.leader();
        if (leader != null && core == null) {
            json.name("leader")
                    .beginObject()
                    .field("address", leader.toString())
                    .field("host", leader.host())
                    .field("adminPort", report.leaderPort())
                    .endObject();
        }
        if (core != null) {
            write(json, core);
        }
        return HttpAnswer.json(200, json.endObject());
    }

    private void write(JsonText json, MasterCore core) {
        long now = System.nanoTime();
        json.field("cluster", core.epoch().clusterId().toString())
                .field("epoch", core.epoch().revision())
                .field("objects", core.objects().objectCount())
                .field("openPuts", core.puts().openGrants());
        JournalStatus journal = core.log().status();
        standbys(json, journal, now);
        nodes(json, core.segmentTable().all(), now);
        journal(json, journal);
    }

    private void standbys(JsonText json, @Nullable JournalStatus journal, long nowNanos) {
        json.name("standbys").beginArray();
        for (Standbys.Standby standby : status.standbys()) {
            json.beginObject()
                    .field("address", standby.address())
                    .field("adminPort", standby.adminPort())
                    .field("ready", standby.ready())
                    .field(
                            "behindRecords",
                            journal == null ? 0 : Math.max(0, journal.durableRecords() - standby.appliedRecord()))
                    .field("heardMs", TimeUnit.NANOSECONDS.toMillis(nowNanos - standby.heardNanos()))
                    .endObject();
        }
        json.endArray();
    }

    private static void nodes(JsonText json, List<Segment> all, long nowNanos) {
        long used = 0;
        long capacity = 0;
        for (Segment segment : all) {
            if (segment.usable()) { // the memory of others can't be had now
                used += segment.usedBytes();
                capacity += segment.sizeBytes();
            }
        }
        json.field("usedBytes", used)
                .field("capacityBytes", capacity)
                .field("nodeCount", all.size())
                .name("nodes")
                .beginArray();
        all.stream()
                .sorted(Comparator.comparing((Segment segment) -> segment.state() == Segment.State.OK)
                        .thenComparing(Segment::name))
                .limit(MOST_NODES)
                .forEach(segment -> node(json, segment, nowNanos));
        json.endArray();
    }

    private static void node(JsonText json, Segment segment, long nowNanos) {
        Segment.Address address = segment.address();
        json.beginObject()
                .field("name", segment.name())
                .field("state", segment.state().name())
                .field("at", address.dataPort() == 0 ? "" : new HostPort(address.host(), address.dataPort()).toString())
                .field("transport", SegmentPages.protocol(segment))
                .field("capacityBytes", segment.sizeBytes())
                .field("usedBytes", segment.usedBytes())
                .field("freeingBytes", segment.heldOffBytes() + segment.quarantinedBytes())
                .field("largestFreeBytes", segment.largestFreeBytes())
                .field("silentMs", Math.max(0, TimeUnit.NANOSECONDS.toMillis(segment.silentNanos(nowNanos))))
                .endObject();
    }

    private static void journal(JsonText json, @Nullable JournalStatus journal) {
        if (journal == null) {
            return;
        }
        json.name("journal")
                .beginObject()
                .field("lagMs", TimeUnit.NANOSECONDS.toMillis(journal.lagNanos()))
                .field("queuedBytes", journal.queuedBytes())
                .field("usedBytes", journal.usedBytes())
                .field("quotaBytes", journal.quotaBytes())
                .field("refusal", journal.refusal() == null ? "" : journal.refusal())
                .name("advice")
                .beginArray();
        journal.advice().forEach(json::value);
        json.endArray().endObject();
    }
}
