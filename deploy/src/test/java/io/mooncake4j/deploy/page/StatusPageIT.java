package io.mooncake4j.deploy.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.mooncake4j.client.MooncakeClient;
import io.mooncake4j.deploy.admin.HttpCaller;
import io.mooncake4j.deploy.cluster.TestDirectory;
import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.master.admin.AdminServer;
import io.mooncake4j.master.etcd.EtcdProcess;
import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.master.service.MasterOptions;
import io.mooncake4j.master.service.MasterServer;
import io.mooncake4j.node.NodeOptions;
import io.mooncake4j.node.OnStop;
import io.mooncake4j.node.StorageNode;
import io.mooncake4j.transfer.memory.MemoryKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The status page in headless Chromium: a leader with a standby, real etcd and nodes under load. What it looks like is kept
 * in {@code target/screenshots}, for people to judge.
 */
class StatusPageIT {
    private static final Path SCREENSHOTS = Path.of("target/screenshots");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final TestDirectory directory = add(new TestDirectory());
    private volatile boolean stopped;

    private <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    @AfterEach
    void close() throws Exception {
        stopped = true;
        for (AutoCloseable resource : open) {
            resource.close();
        }
    }

    private MasterServer master(EtcdProcess etcd) {
        return add(MasterServer.start(MasterOptions.defaults()
                .withAddress("127.0.0.1", 0)
                .withCluster(new ClusterOptions(
                        etcd.options().build(), "127.0.0.1:0", Duration.ofSeconds(5), false, new byte[0]))));
    }

    private AdminServer admin(MasterServer master) {
        return add(AdminServer.start(new AdminOptions("127.0.0.1", 0, ""), master.status(), () -> ""));
    }

    private StorageNode node(MasterServer master, String name, long megabytes) {
        StorageNode node = add(StorageNode.start(NodeOptions.builder()
                .masters("127.0.0.1:" + master.port())
                .name(name)
                .host("127.0.0.1")
                .dataPort(0)
                .segmentBytes(megabytes << 20)
                .memory(MemoryKind.shm(directory.path()))
                .onStop(OnStop.SUSPEND)
                .build()));
        assertThat(node.awaitMounted(Duration.ofSeconds(20))).isTrue();
        return node;
    }

    /** Puts and gets until the test ends; more than fits. */
    private void load(MasterServer master) {
        MooncakeClient client = add(
                MooncakeClient.builder().masters("127.0.0.1:" + master.port()).build());
        Thread thread = new Thread(() -> {
            Random random = new Random(1);
            byte[] value = new byte[256 << 10];
            for (int i = 0; !stopped; i++) {
                client.put("block/" + i, value);
                for (int j = 0; j < 4; j++) {
                    client.get("block/" + Math.max(0, i - random.nextInt(400)));
                }
            }
        });
        thread.start();
        add(() -> {
            stopped = true;
            thread.join();
        });
    }

    private static Object shown(Browser browser, String id) {
        return browser.script("return document.getElementById('" + id + "').checkVisibility();");
    }

    private static void settle(Browser browser) {
        await().until(() -> browser.text("live").startsWith("live"));
    }

    @Test
    void shouldShowTheClusterWhenItIsUnderLoad() throws Exception {
        EtcdProcess etcd = add(EtcdProcess.start());
        MasterServer leader = master(etcd);
        await().until(leader::serves);
        MasterServer standby = master(etcd);
        await().until(standby::hasLoaded);
        AdminServer admin = admin(leader);
        admin(standby);
        for (int i = 1; i <= 3; i++) {
            node(leader, "cache-" + i, 32);
        }
        StorageNode leaving = node(leader, "cache-4", 32);
        load(leader);
        HttpCaller http = new HttpCaller(admin.port());
        await().until(() -> ((List<?>) http.json("/api/v1/overview").get("standbys")).size() == 1);
        await().until(() -> http.get("/api/v1/history").body().contains("cache-4 came"));
        leaving.close();
        await().atMost(Duration.ofMinutes(1))
                .until(() -> ((List<?>) http.json("/api/v1/history").get("puts")).size() >= 12);

        try (Browser browser = Browser.start()) {
            browser.size(1280, 900);
            browser.visit("http://127.0.0.1:" + admin.port() + "/");
            settle(browser);
            await().untilAsserted(() -> assertThat(browser.text("t-puts")).endsWith("/s"));

            assertThat(browser.text("role")).isEqualTo("leader");
            assertThat(browser.text("nodes")).contains("cache-1", "cache-2", "cache-3", "cache-4", "OFFLINE", "tcp");
            assertThat(browser.text("t-nodes")).isEqualTo("3 of 4");
            assertThat(browser.text("t-used-more")).endsWith("of 96.0 MiB"); // what can be had
            assertThat(browser.text("t-hit")).contains("%");
            assertThat(browser.text("masters"))
                    .contains("127.0.0.1:" + leader.port(), "127.0.0.1:" + standby.port(), "standby");
            await().untilAsserted(() -> assertThat(browser.text("events")).contains("cache-4 went from OK to OFFLINE"));
            assertThat(browser.text("alerts")).contains("1 of 4 nodes takes no objects: cache-4");
            assertThat(browser.script("return document.querySelectorAll('svg.plot path[d^=M]').length;"))
                    .as("lines with values")
                    .isEqualTo(10);
            pictures(browser, "leader");
            shouldNotBeWiderThanTheScreen(browser);
            shouldWorkByKeyboard(browser);
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static void pictures(Browser browser, String name) throws Exception {
        for (Map.Entry<String, int[]> size : Map.of("wide", new int[] {1280, 900}, "narrow", new int[] {390, 844})
                .entrySet()) {
            for (boolean dark : new boolean[] {false, true}) {
                browser.size(size.getValue()[0], size.getValue()[1]);
                browser.dark(dark);
                // lines are drawn to the width that there is
                browser.script("window.dispatchEvent(new Event('resize')); return 0;");
                browser.screenshot(
                        SCREENSHOTS.resolve(name + "-" + size.getKey() + (dark ? "-dark" : "-light") + ".png"));
            }
        }
        browser.dark(false);
    }

    private static void shouldNotBeWiderThanTheScreen(Browser browser) {
        for (int width : new int[] {320, 390, 768, 1280, 1920}) {
            browser.size(width, 800);
            assertThat(((Number) browser.script("return document.documentElement.scrollWidth;")).intValue())
                    .as("at " + width)
                    .isLessThanOrEqualTo(width);
        }
        browser.size(1280, 900);
    }

    private static void shouldWorkByKeyboard(Browser browser) {
        browser.script("document.activeElement.blur(); window.focus(); return 0;");
        List<String> met = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            browser.press("\uE004"); // Tab
            met.add(String.valueOf(browser.script(
                    "const at = document.activeElement; return at.id || at.innerText.split('\\n')[0];")));
        }
        assertThat(met).contains("to the nodes", "pause", "Throughput", "Hit rate", "Name", "Use", "events", "metrics");

        browser.script("document.querySelector('[data-sort=name] button').focus(); return 0;");
        browser.press("\uE007", "\uE007"); // Enter, twice: the other way round
        assertThat(browser.script("return document.querySelector('#nodes td').innerText;"))
                .isEqualTo("cache-4");
        browser.script("document.querySelector('#plots figure').focus(); return 0;");
        browser.press("\uE012", "\uE012"); // Left
        assertThat(browser.script("return document.querySelector('#plots .key').innerText;"))
                .asString()
                .containsPattern("\\bat \\d");
        browser.script("document.getElementById('pause').focus(); return 0;");
        browser.press(" ");
        assertThat(browser.text("live")).startsWith("paused");
        browser.press(" ");
        settle(browser);
    }

    @Test
    void shouldSayWhoLeadsAndLinkThereWhenItIsAStandby() throws Exception {
        EtcdProcess etcd = add(EtcdProcess.start());
        MasterServer leader = master(etcd);
        await().until(leader::serves);
        MasterServer standby = master(etcd);
        await().until(standby::hasLoaded);
        AdminServer leads = admin(leader);
        AdminServer follows = admin(standby);
        HttpCaller http = new HttpCaller(follows.port());
        await().until(() -> http.json("/api/v1/overview").get("leader") instanceof Map<?, ?> known
                && known.get("adminPort").equals(leads.port()));

        try (Browser browser = Browser.start()) {
            browser.size(1280, 900);
            browser.visit("http://127.0.0.1:" + follows.port() + "/");
            settle(browser);

            assertThat(browser.text("role")).isEqualTo("standby");
            assertThat(shown(browser, "nodes")).isEqualTo(false);
            assertThat(browser.text("standby-text")).contains("127.0.0.1:" + leader.port(), "could take over");
            assertThat(browser.text("events")).contains("127.0.0.1:" + leader.port() + " leads");
            pictures(browser, "standby");
            browser.script("document.querySelector('#standby-text a').click(); return 0;");
            await().until(() -> browser.text("role").equals("leader"));
            assertThat(browser.text("masters")).contains("127.0.0.1:" + standby.port());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    @Test
    void shouldSayThatNothingIsThereYetWhenTheStoreIsEmpty() throws Exception {
        MasterServer master = add(MasterServer.start(MasterOptions.defaults().withAddress("127.0.0.1", 0)));
        AdminServer admin = admin(master);

        try (Browser browser = Browser.start()) {
            browser.size(1280, 900);
            browser.visit("http://127.0.0.1:" + admin.port() + "/");
            settle(browser);

            assertThat(browser.text("nodes")).contains("No node has come yet");
            assertThat(browser.text("masters")).contains("a restart forgets the placement");
            pictures(browser, "empty");
            admin.close();
            await().until(() -> browser.text("live").startsWith("no answer since"));
        }
    }
}
