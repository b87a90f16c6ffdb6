package io.mooncake4j.deploy.simulation;

import io.mooncake4j.master.placement.Extent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is true: which bytes every put carries, what every grant gave to which put, and to which grant every 64 bytes of
 * every segment were given last.
 */
final class Truth {
    static final int GRANULE_BYTES = 64;

    /** One key of one call. */
    static final class Put {
        final String key;
        final byte[] value;
        final boolean hardPinned;
        /** Its caller was told that it failed, and not that it may have been committed. */
        boolean ruledOut;

        final List<Grant> grants = new ArrayList<>(1);

        Put(String key, byte[] value, boolean hardPinned) {
            this.key = key;
            this.value = value;
            this.hardPinned = hardPinned;
        }
    }

    /** One run of bytes on a segment, for the process with this nonce to take. */
    record Place(UUID segmentId, long processNonce, Extent extent) {
        boolean covers(UUID segment, int region, long offset, long length) {
            return segment.equals(segmentId)
                    && region == extent.region()
                    && offset >= extent.offset()
                    && offset + length <= extent.offset() + extent.lengthBytes();
        }
    }

    /** A grant, and the object that it became. */
    static final class Grant {
        final long id;
        final Put put;
        final UUID client;
        /** Replica by replica, in the order of the bytes. */
        final List<List<Place>> replicas;

        boolean committed;
        /** Under whom it became visible last. */
        @Nullable
        SimTerm committedBy;

        /** The event at which a caller was told that it is removed, whatever object it became. */
        long removedAt = Long.MAX_VALUE;

        /** The segments of the replicas that became visible. */
        final Set<UUID> visibleOn = new HashSet<>();

        Grant(long id, Put put, UUID client, List<List<Place>> replicas) {
            this.id = id;
            this.put = put;
            this.client = client;
            this.replicas = replicas;
        }

        @Nullable
        Place placeOf(UUID segment, int region, long offset, long length) {
            for (List<Place> replica : replicas) {
                for (Place place : replica) {
                    if (place.covers(segment, region, offset, length)) {
                        return place;
                    }
                }
            }
            return null;
        }

        @Override
        public String toString() {
            return "grant " + id + " of " + put.key + " for " + client + (committed ? " (committed)" : "");
        }
    }

    private record Request(UUID client, long sequence) {}

    private final int regionGranules;
    private final int granules;
    private final Map<Long, Grant> grants = new HashMap<>();
    private final List<Grant> committed = new ArrayList<>();
    private final Map<Request, Map<String, Put>> requests = new HashMap<>();
    private final Map<UUID, long[]> owners = new HashMap<>();

    Truth(Plan plan) {
        this.regionGranules = plan.regionBytes() / GRANULE_BYTES;
        this.granules = (int) (plan.segmentBytes() / GRANULE_BYTES);
    }

    /** A client asks for grants for these puts. */
    void asked(UUID client, long sequence, Map<String, Put> puts) {
        requests.putIfAbsent(new Request(client, sequence), puts);
    }

    @Nullable
    Put putOf(UUID client, long sequence, String key) {
        Map<String, Put> puts = requests.get(new Request(client, sequence));
        return puts == null ? null : puts.get(key);
    }

    @Nullable
    Grant grant(long id) {
        return grants.get(id);
    }

    void granted(Grant grant) {
        grants.put(grant.id, grant);
        grant.put.grants.add(grant);
    }

    void committed(Grant grant) {
        grant.committed = true;
        committed.add(grant);
    }

    /** What became visible under such keys, and isn't known to be removed. */
    List<Grant> standing(Predicate<String> keys) {
        return committed.stream()
                .filter(grant -> grant.removedAt == Long.MAX_VALUE && keys.test(grant.put.key))
                .toList();
    }

    /** Whether something of that size was put under the key, and not known to be removed before the event. */
    boolean stood(String key, long sizeBytes, long event) {
        return committed.stream()
                .anyMatch(grant ->
                        grant.put.key.equals(key) && grant.put.value.length == sizeBytes && grant.removedAt >= event);
    }

    /** A caller is told that these are gone for good. */
    void removed(List<Grant> gone, long event) {
        for (Grant grant : gone) {
            grant.removedAt = Math.min(grant.removedAt, event);
        }
    }

    /** The grant that the granule was given to last; 0: none. */
    long owner(UUID segment, int region, long offset) {
        long[] all = owners.get(segment);
        return all == null ? 0 : all[region * regionGranules + (int) (offset / GRANULE_BYTES)];
    }

    void own(UUID segment, int region, long offset, long grantId) {
        owners.computeIfAbsent(segment, id -> new long[granules])[
                region * regionGranules + (int) (offset / GRANULE_BYTES)] = grantId;
    }
}
