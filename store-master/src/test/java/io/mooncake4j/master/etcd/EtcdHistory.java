package io.mooncake4j.master.etcd;

import io.mooncake4j.master.etcd.EtcdException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The keys of {@link EtcdModel}: their versions since the last compaction, in one sequence of revisions. */
final class EtcdHistory {
    record Version(byte @Nullable [] value, long createRevision, long modRevision, long leaseId) {}

    private final TreeMap<String, TreeMap<Long, Version>> history = new TreeMap<>();
    private final List<Consumer<EtcdChanges>> listeners = new ArrayList<>();
    private long revision = 1;
    private long compacted;
    /** By the revision that is being made. */
    private final TreeMap<String, Version> changed = new TreeMap<>();

    void onChange(Consumer<EtcdChanges> listener) {
        listeners.add(listener);
    }

    long revision() {
        return revision;
    }

    /** The oldest revision of which it knows all. */
    long compacted() {
        return compacted;
    }

    /** What is under a key now; null: nothing. */
    @Nullable
    Version at(String key) {
        return at(key, revision);
    }

    private @Nullable Version at(String key, long when) {
        TreeMap<Long, Version> versions = history.get(key);
        Map.Entry<Long, Version> last = versions == null ? null : versions.floorEntry(when);
        return last == null || last.getValue().value() == null ? null : last.getValue();
    }

    /** Since a compacted revision everything may have. */
    boolean hasChanged(String key, long since) {
        TreeMap<Long, Version> versions = history.get(key);
        return since < compacted || (versions != null && versions.lastKey() > since);
    }

    /** A revision begins, to which the writes up to {@link #tellListeners} belong. */
    void begin() {
        revision++;
    }

    void set(String key, byte @Nullable [] value, long leaseId) {
        Version before = at(key, revision);
        long created = before == null ? revision : before.createRevision();
        Version version = new Version(value, created, revision, leaseId);
        history.computeIfAbsent(key, k -> new TreeMap<>()).put(revision, version);
        changed.put(key, version);
    }

    EtcdRange range(EtcdRangeQuery query) {
        long when = query.revision() == 0 ? revision : query.revision();
        if (when < compacted) {
            throw new EtcdException(Kind.COMPACTED, "revision " + when + " is compacted");
        }
        if (when > revision) {
            throw new EtcdException(Kind.REFUSED, "revision " + when + " is in the future");
        }
        List<EtcdEntry> entries = new ArrayList<>();
        for (String key : history.subMap(query.from(), query.end()).keySet()) {
            Version version = at(key, when);
            if (version != null) {
                if (query.limit() > 0 && entries.size() == query.limit()) {
                    return new EtcdRange(entries, true, revision);
                }
                entries.add(entry(key, version, query.keysOnly()));
            }
        }
        return new EtcdRange(entries, false, revision);
    }

    static EtcdEntry entry(String key, Version version, boolean keyOnly) {
        byte[] value = keyOnly || version.value() == null ? new byte[0] : version.value();
        return new EtcdEntry(key, value, version.createRevision(), version.modRevision(), version.leaseId());
    }

    void deleteRange(String from, String end) {
        for (String key : List.copyOf(history.subMap(from, end).keySet())) {
            if (at(key, revision) != null) {
                set(key, null, 0);
            }
        }
    }

    void deleteOf(long leaseId) {
        for (String key : List.copyOf(history.keySet())) {
            Version version = at(key, revision);
            if (version != null && version.leaseId() == leaseId) {
                set(key, null, 0);
            }
        }
    }

    /** Tells what the present revision changed; if it is nothing, there is no such revision. */
    void tellListeners() {
        if (changed.isEmpty()) {
            revision--;
            return;
        }
        List<EtcdEntry> put = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        changed.forEach((key, version) -> {
            if (version.value() == null) {
                deleted.add(key);
            } else {
                put.add(entry(key, version, false));
            }
        });
        changed.clear();
        EtcdChanges changes = new EtcdChanges(put, deleted, revision);
        listeners.forEach(listener -> listener.accept(changes));
    }

    void compact(long upTo) {
        if (upTo <= compacted) {
            throw new EtcdException(Kind.COMPACTED, "revision " + upTo + " is compacted");
        }
        if (upTo > revision) {
            throw new EtcdException(Kind.REFUSED, "revision " + upTo + " is in the future");
        }
        compacted = upTo;
        history.values().forEach(versions -> {
            NavigableMap<Long, Version> old = versions.headMap(compacted, true);
            Long last = old.isEmpty() ? null : old.lastKey();
            old.keySet().removeIf(when -> !when.equals(last));
        });
        history.values()
                .removeIf(versions -> versions.size() == 1
                        && versions.firstKey() <= compacted
                        && versions.firstEntry().getValue().value() == null);
    }

    /** What all versions have. */
    long heldBytes() {
        long size = 1;
        for (TreeMap<Long, Version> versions : history.values()) {
            for (Version version : versions.values()) {
                byte @Nullable [] value = version.value();
                size += value == null ? 0 : value.length;
            }
        }
        return size;
    }
}
