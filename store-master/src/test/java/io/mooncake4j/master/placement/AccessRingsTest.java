package io.mooncake4j.master.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class AccessRingsTest {
    private static final int RINGS = 2;
    private static final int OBJECTS = 40;

    private final AccessRings rings = new AccessRings(RINGS);
    private final List<List<ObjectEntry>> model = Stream.generate(
                    () -> (List<ObjectEntry>) new ArrayList<ObjectEntry>())
            .limit(RINGS)
            .toList();

    @Property(tries = 300)
    void shouldKeepTheOrderOfAListWhenStepsAreArbitrary(
            @ForAll @Size(max = 200) List<@IntRange(max = RINGS * OBJECTS - 1) Integer> steps,
            @ForAll @Size(200) List<Boolean> touches) {
        List<ObjectEntry> entries =
                Stream.generate(AccessRingsTest::entry).limit(OBJECTS).toList();
        for (int i = 0; i < steps.size(); i++) {
            step(steps.get(i) % RINGS, entries.get(steps.get(i) / RINGS), touches.get(i));
            for (int ring = 0; ring < RINGS; ring++) {
                assertThat(listed(ring)).isEqualTo(model.get(ring));
            }
        }
    }

    /** Adds the object if it is nowhere, touches it in its ring, or removes it. */
    private void step(int ring, ObjectEntry entry, boolean touch) {
        for (int its = 0; its < RINGS; its++) {
            if (model.get(its).remove(entry)) {
                if (touch) {
                    rings.touch(its, entry);
                    model.get(its).add(entry);
                } else {
                    rings.remove(entry);
                    assertThat(entry.place).isEqualTo(AccessRings.NOWHERE);
                }
                return;
            }
        }
        rings.addNewest(ring, entry);
        model.get(ring).add(entry);
    }

    private List<ObjectEntry> listed(int ring) {
        List<ObjectEntry> listed = new ArrayList<>();
        for (ObjectEntry entry = rings.oldest(ring); entry != null; entry = rings.newer(entry)) {
            listed.add(entry);
        }
        return listed;
    }

    private static ObjectEntry entry() {
        return new ObjectEntry(new Tenant("t"), new byte[] {1}, 1, 1, 1, 0, false, Replica.NONE, 0);
    }
}
