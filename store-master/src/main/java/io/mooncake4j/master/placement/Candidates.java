package io.mooncake4j.master.placement;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** The segments of a moment, indexed for placement. Immutable; made anew when a segment comes or goes. */
public final class Candidates {
    private static final int[] NOBODY = {};
    private static final Set<String> LOOPBACK =
            Set.of("localhost", "127.0.0.1", "0.0.0.0", "::1", "[::1]", "::", "[::]");

    private final List<Candidate> all;
    private final Map<String, int[]> byName = new HashMap<>();
    private final NavigableMap<String, int[]> byHost = new TreeMap<>();

    public Candidates(List<? extends Candidate> segments) {
        this.all = List.copyOf(segments);
        for (int i = 0; i < all.size(); i++) {
            append(byName, all.get(i).name(), i);
            if (isKnown(all.get(i).hostId())) {
                append(byHost, all.get(i).hostId(), i);
            }
        }
    }

    public int size() {
        return all.size();
    }

    public Candidate get(int index) {
        return all.get(index);
    }

    /** The segments of this name. */
    void named(String name, IntConsumer each) {
        for (int index : byName.getOrDefault(name, NOBODY)) {
            each.accept(index);
        }
    }

    /** The segments of this host, in an order that the key's hash rotates; none if the host is unknown. */
    void onHost(String hostId, long keyHash, IntConsumer each) {
        rotated(byHost.getOrDefault(hostId, NOBODY), keyHash, each);
    }

    /** The segments of all known hosts, host by host in the order of their names, from this host on and round. */
    void fromHostOn(String hostId, long keyHash, IntConsumer each) {
        if (isKnown(hostId)) {
            byHost.tailMap(hostId, true).values().forEach(host -> rotated(host, keyHash, each));
            byHost.headMap(hostId, false).values().forEach(host -> rotated(host, keyHash, each));
        }
    }

    private static void rotated(int[] indexes, long by, IntConsumer each) {
        if (indexes.length > 0) {
            int start = (int) Long.remainderUnsigned(by, indexes.length);
            for (int i = 0; i < indexes.length; i++) {
                each.accept(indexes[(start + i) % indexes.length]);
            }
        }
    }

    private static void append(Map<String, int[]> index, String name, int candidate) {
        int[] one = {candidate};
        index.merge(
                name,
                one,
                (before, added) -> IntStream.concat(IntStream.of(before), IntStream.of(added))
                        .toArray());
    }

    /** A loopback name is the same on every machine, so it says nothing. */
    private static boolean isKnown(String hostId) {
        return !hostId.isEmpty() && !LOOPBACK.contains(hostId.toLowerCase(Locale.ROOT));
    }
}
