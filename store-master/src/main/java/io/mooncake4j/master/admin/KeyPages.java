package io.mooncake4j.master.admin;

import io.mooncake4j.master.placement.Extent;
import io.mooncake4j.master.placement.KeySlice;
import io.mooncake4j.master.placement.MasterCore;
import io.mooncake4j.master.placement.ObjectDetails;
import io.mooncake4j.master.placement.Reads;
import io.mooncake4j.master.placement.Replica;
import io.mooncake4j.master.placement.Segment;
import io.mooncake4j.master.placement.Tenant;
import io.mooncake4j.transfer.http.HttpAnswer;
import io.mooncake4j.transfer.http.HttpRequest;
import io.mooncake4j.transfer.http.HttpRoutes;
import io.mooncake4j.transfer.http.JsonText;
import io.mooncake4j.transfer.wire.ErrorCode;
import io.mooncake4j.transfer.wire.HostPort;
import io.mooncake4j.transfer.wire.StoreException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys there are and where their objects lie. Looking takes no lease and is no hit: other than Mooncake's, these
 * answers don't keep an object in memory.
 */
final class KeyPages {
    private static final int DEFAULT_PAGE_KEYS = 1000;
    private static final int MAX_PAGE_KEYS = 10_000;
    private static final int MAX_BATCH_KEYS = 1000;

    private final LeaderPages pages;

    KeyPages(LeaderPages pages) {
        this.pages = pages;
    }

    void addTo(HttpRoutes routes) {
        routes.get("/query_key", pages.only(KeyPages::one))
                .get("/batch_query_keys", pages.only(KeyPages::several))
                .get("/get_all_keys", pages.only(KeyPages::all));
    }

    private static HttpAnswer one(MasterCore core, HttpRequest request) {
        ObjectDetails found = find(core, tenant(core, request), request.parameter("key"));
        if (found == null) {
            return Answers.failed(404, ErrorCode.OBJECT_NOT_FOUND, ErrorCode.OBJECT_NOT_FOUND.name());
        }
        JsonText json = new JsonText().beginObject().field("success", true).name("data");
        return HttpAnswer.json(200, descriptors(json, found).endObject());
    }

    private static HttpAnswer several(MasterCore core, HttpRequest request) {
        String given = request.parameter("keys");
        if (given.isEmpty()) {
            return wrong("No keys provided. Use ?keys=key1,key2,...");
        }
        Set<String> keys = new LinkedHashSet<>(List.of(given.split(",", -1)));
        if (keys.size() > MAX_BATCH_KEYS) {
            return wrong("at most " + MAX_BATCH_KEYS + " keys a request");
        }
        Tenant tenant = tenant(core, request);
        JsonText json =
                new JsonText().beginObject().field("success", true).name("data").beginObject();
        for (String key : keys) {
            ObjectDetails found = find(core, tenant, key);
            json.name(key).beginObject().field("ok", found != null);
            if (found == null) {
                json.field("error", ErrorCode.OBJECT_NOT_FOUND.name());
            } else {
                descriptors(json.name("values"), found);
            }
            json.endObject();
        }
        return HttpAnswer.json(200, json.endObject().endObject());
    }

    private static HttpAnswer wrong(String why) {
        JsonText json = new JsonText().beginObject().field("success", false).field("error", why);
        return HttpAnswer.json(400, json.endObject());
    }

    /** Null also where none of its replicas can be read now. */
    private static @Nullable ObjectDetails find(MasterCore core, Tenant tenant, String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        ObjectDetails found = core.reads().describe(new KeySlice(tenant).at(bytes, 0, bytes.length), System.nanoTime());
        return found != null
                        && found.replicas().stream()
                                .anyMatch(replica -> replica.segment().readable())
                ? found
                : null;
    }

    /** Mooncake's form: an address counts from the beginning of its segment. */
    private static JsonText descriptors(JsonText json, ObjectDetails object) {
        json.beginArray();
        for (Replica replica : object.replicas()) {
            Segment segment = replica.segment();
            if (segment.readable()) {
                Segment.Address address = segment.address();
                for (Extent extent : replica.extents()) {
                    json.beginObject()
                            .field("size_", extent.lengthBytes())
                            .field("buffer_address_", extent.region() * segment.regionBytes() + extent.offset())
                            .field("protocol_", SegmentPages.protocol(segment))
                            .field("transport_endpoint_", new HostPort(address.host(), address.dataPort()).toString())
                            .endObject();
                }
            }
        }
        return json.endArray();
    }

    /** One key a line, and in a header where the next page begins: behind the last key of this one. */
    private static HttpAnswer all(MasterCore core, HttpRequest request) {
        Tenant tenant = tenant(core, request);
        String after = request.parameter("after");
        byte[] from =
                after.isEmpty() ? new byte[0] : core.reads().pageAfter(tenant, after.getBytes(StandardCharsets.UTF_8));
        Reads.Page page = core.reads().list(tenant, from, limit(request.parameter("limit")), key -> true);
        StringBuilder text = new StringBuilder();
        String last = "";
        for (byte[] key : page.keys()) {
            last = new String(key, StandardCharsets.UTF_8);
            text.append(last).append('\n');
        }
        HttpAnswer answer = HttpAnswer.text(200, text.toString());
        return page.next().length == 0
                ? answer
                : answer.withHeader("X-Next-After", URLEncoder.encode(last, StandardCharsets.UTF_8));
    }

    private static int limit(String given) {
        if (given.isEmpty()) {
            return DEFAULT_PAGE_KEYS;
        }
        if (!given.matches("\\d{1,5}") || Integer.parseInt(given) < 1 || Integer.parseInt(given) > MAX_PAGE_KEYS) {
            throw new StoreException(ErrorCode.INVALID_PARAMS, "limit is 1 to " + MAX_PAGE_KEYS + ", not " + given);
        }
        return Integer.parseInt(given);
    }

    private static Tenant tenant(MasterCore core, HttpRequest request) {
        return core.objects().knownTenant(request.parameter("tenant_id"));
    }
}
