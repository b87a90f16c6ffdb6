package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** The segments of the cluster, by their names: those that Mooncake would call mounted, where it tells those alone. */
final class SegmentPages {

    /** Mooncake's numbers for: takes objects; can be read but takes none; neither. */
    private static final int OK = 1;

    private static final int DRAINING = 2;
    private static final int UNDEFINED = 0;
    private static final double GIB = 1L << 30;

    private final LeaderPages pages;

    SegmentPages(LeaderPages pages) {
        this.pages = pages;
    }

    void addTo(HttpRoutes routes) {
        routes.get("/get_all_segments", pages.only((core, request) -> HttpAnswer.text(200, names(core))))
                .get("/get_segments_detail", pages.only((core, request) -> HttpAnswer.json(200, details(core))))
                .get("/query_segment", pages.only(SegmentPages::use))
                .get("/api/v1/segments/status", pages.only(SegmentPages::state));
    }

    private static String names(MasterCore core) {
        StringBuilder text = new StringBuilder();
        core.segmentTable().all().stream()
                .filter(Segment::readable)
                .forEach(segment -> text.append(segment.name()).append('\n'));
        return text.toString();
    }

    /** The fastest that its node serves; it serves TCP besides. */
    static String protocol(Segment segment) {
        return segment.servesRdma() ? "rdma" : "tcp";
    }

    private static JsonText details(MasterCore core) {
        List<Segment> all = core.segmentTable().all();
        JsonText json = new JsonText()
                .beginObject()
                .field("total_segments", all.size())
                .name("segments")
                .beginArray();
        for (Segment segment : all) {
            Segment.Address address = segment.address();
            long used = segment.usedBytes();
            json.beginObject()
                    .field("segment_name", segment.name())
                    .field("segment_id", segment.id().toString())
                    .field("client_id", new UUID(0, address.processNonce()).toString())
                    .field("base_address", "0x0")
                    .field("size_bytes", segment.sizeBytes())
                    .field("size_human", String.format(Locale.ROOT, "%.6g GiB", segment.sizeBytes() / GIB))
                    .field(
                            "te_endpoint",
                            address.dataPort() == 0 ? "" : new HostPort(address.host(), address.dataPort()).toString())
                    .field("protocol", protocol(segment))
                    .field("status", segment.state().name())
                    .field("allocator_used_bytes", used)
                    .field("allocator_capacity_bytes", segment.sizeBytes())
                    .field("allocator_usage_percent", 100.0 * used / segment.sizeBytes())
                    .field("largest_free_bytes", segment.largestFreeBytes())
                    .endObject();
        }
        return json.endArray().endObject();
    }

    private static HttpAnswer use(MasterCore core, HttpRequest request) {
        String name = request.parameter("segment");
        List<Segment> found = named(core, name);
        if (found.isEmpty()) {
            return HttpAnswer.text(500, "Failed to query segment");
        }
        long used = found.stream().mapToLong(Segment::usedBytes).sum();
        long capacity = found.stream().mapToLong(Segment::sizeBytes).sum();
        return HttpAnswer.text(200, name + "\nUsed(bytes): " + used + "\nCapacity(bytes) : " + capacity + "\n");
    }

    private static HttpAnswer state(MasterCore core, HttpRequest request) {
        String name = request.parameter("segment");
        if (name.isEmpty()) {
            return Answers.failed(400, ErrorCode.INVALID_PARAMS, "Missing segment query parameter");
        }
        List<Segment> found = named(core, name);
        if (found.isEmpty()) {
            return Answers.failed(404, ErrorCode.SEGMENT_NOT_FOUND, ErrorCode.SEGMENT_NOT_FOUND.name());
        }
        Segment.State state = found.get(0).state();
        return HttpAnswer.json(
                200,
                new JsonText()
                        .beginObject()
                        .field("success", true)
                        .field("segment", name)
                        .field("status", number(state))
                        .field("status_name", state.name())
                        .field("error_code", 0)
                        .field("error_message", "")
                        .endObject());
    }

    private static int number(Segment.State state) {
        return switch (state) {
            case OK -> OK;
            case SUSPECT -> DRAINING;
            case OFFLINE, DROPPED -> UNDEFINED;
        };
    }

    private static List<Segment> named(MasterCore core, String name) {
        return core.segmentTable().all().stream()
                .filter(segment -> segment.name().equals(name))
                .toList();
    }
}
