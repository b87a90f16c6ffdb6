package io.mooncake4j.deploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mooncake4j.master.service.ClusterOptions;
import io.mooncake4j.transfer.settings.SettingSource;
import io.mooncake4j.transfer.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What settings of where placement is recorded come to together. */
class JournalSettingsTest {
    private static Settings master(Map<String, String> variables) {
        return Settings.resolve(MasterSettings.ALL, List.of(SettingSource.environment(variables)));
    }

    private static Duration requestTimeout(Settings settings) {
        ClusterOptions options = JournalSettings.options(settings, "127.0.0.1", 1);
        return Objects.requireNonNull(options).etcd().requestTimeout();
    }

    @Test
    void shouldWaitNoLongerForEtcdThanLeavesTimeToRenewALeaseAtTheSecondTry() {
        Settings usual = master(Map.of("MOONCAKE4J_JOURNAL", "etcd"));
        assertThat(requestTimeout(usual)).isEqualTo(Duration.ofSeconds(2));
        assertThat(JournalSettings.warnings(usual)).isEmpty();

        Settings shorter = master(Map.of("MOONCAKE4J_JOURNAL", "etcd", "MOONCAKE4J_LEADER_LEASE", "3s"));
        assertThat(requestTimeout(shorter)).isEqualTo(Duration.ofSeconds(1));
        assertThat(JournalSettings.warnings(shorter))
                .containsExactly(
                        "--etcd-request-timeout 1s is used, not 2s, since --leader-lease 3s leaves no time for more");

        Settings longer = master(Map.of(
                "MOONCAKE4J_JOURNAL",
                "etcd",
                "MOONCAKE4J_LEADER_LEASE",
                "11s",
                "MOONCAKE4J_ETCD_REQUEST_TIMEOUT",
                "5s"));
        assertThat(requestTimeout(longer)).isEqualTo(Duration.ofSeconds(5));
        assertThat(JournalSettings.warnings(longer)).isEmpty();
    }
}
