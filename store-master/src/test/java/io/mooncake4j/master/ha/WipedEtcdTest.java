package io.mooncake4j.master.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.journal.Keys;
import io.mooncake4j.master.placement.PutProbe;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What masters knew is gone from etcd, or another cluster is there. */
class WipedEtcdTest extends TwoMasters {
    private Map<String, byte[]> wipe() {
        Map<String, byte[]> before = etcd.snapshot();
        before.keySet().forEach(key -> etcd.write(key, null));
        before.remove(Keys.LEADER);
        return before;
    }

    @Test
    void shouldRefuseToLeadAndFoundNothingWhenEtcdIsWipedUnderThem() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        Map<String, byte[]> backup = wipe();
        for (int i = 0; i < 40; i++) {
            seconds(0.5);
            assertThat(first.leads() || second.leads()).isFalse();
        }
        assertThat(etcd.keys()).isEmpty();

        backup.forEach(etcd::write);
        seconds(6);
        assertThat(first.leads() || second.leads()).isTrue();
        Process leader = first.leads() ? first : second;
        assertThat(new PutProbe(leader.core(), loop::nanoTime).read("k")).isNotNull();
    }

    @Test
    void shouldStayOutWhenAnotherClusterHasTakenTheWipedPrefix() {
        startBoth();
        PutProbe puts = new PutProbe(first.core(), loop::nanoTime);
        puts.mount(1 << 20);
        puts.put("k", 1000);
        seconds(1);
        wipe();
        Process third = new Process("third:3");
        third.life.start();
        seconds(1);
        assertThat(third.leads()).isTrue();
        new PutProbe(third.core(), loop::nanoTime).mount(1 << 20);
        seconds(3);
        third.cutOff = true;
        for (int i = 0; i < 60; i++) {
            seconds(0.5);
            assertThat(first.leads() || second.leads())
                    .as("they know another cluster")
                    .isFalse();
        }
        third.cutOff = false;
        seconds(12);
        assertThat(third.leads()).isTrue();
    }

    @Test
    void shouldNotFoundAClusterWhenOnlyItsMetaIsMissing() {
        startBoth();
        seconds(1);
        first.cutOff = true;
        second.cutOff = true;
        seconds(10);
        etcd.write(Keys.LEADER, null);
        etcd.write("meta", null);
        Process third = new Process("third:3");
        third.life.start();
        seconds(20);
        assertThat(third.leads()).isFalse();
        assertThat(etcd.keys()).contains("head").doesNotContain("meta", Keys.LEADER);
    }
}
