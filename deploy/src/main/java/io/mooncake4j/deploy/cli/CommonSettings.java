package io.mooncake4j.deploy.cli;

import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingType;

/** Settings of every process. */
final class CommonSettings {
    static final Setting<String> CONFIG = Setting.of(
                    "config",
                    SettingType.TEXT.shownAs("FILE"),
                    "",
                    "A YAML file of settings; flags and environment win over it")
            .alsoFrom("MOONCAKE_CONFIG_PATH");

    static final Setting<String> LOG_LEVEL = Setting.of(
                    "log-level",
                    SettingType.choice("TRACE", "DEBUG", "INFO", "WARN", "ERROR"),
                    "WARN",
                    "Least level that is logged, to standard error")
            .alsoFrom("MC_LOG_LEVEL");

    /** Servers tell more of what they do. */
    static final Setting<String> SERVER_LOG_LEVEL = LOG_LEVEL.withDefault("INFO");

    private CommonSettings() {}
}
