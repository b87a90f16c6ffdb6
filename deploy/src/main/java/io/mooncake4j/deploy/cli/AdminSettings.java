package io.mooncake4j.deploy.cli;

import io.mooncake4j.master.admin.AdminOptions;
import io.mooncake4j.transfer.settings.Setting;
import io.mooncake4j.transfer.settings.SettingException;
import io.mooncake4j.transfer.settings.SettingType;
import io.mooncake4j.transfer.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Settings of administration over HTTP. */
final class AdminSettings {
    static final Setting<Integer> PORT = Setting.of(
            "admin-port",
            SettingType.PORT,
            "9003",
            "Port for administration, metrics and the status page over HTTP; 0 takes any that is free");
    static final Setting<String> HOST = Setting.of(
            "admin-host",
            SettingType.TEXT.shownAs("ADDRESS"),
            "",
            "Local address for HTTP; by default the one that bind-host says");
    static final Setting<Integer> NODE_PORT = Setting.of(
            "node-admin-port",
            SettingType.PORT,
            "9300",
            "Port of a node for probes and metrics over HTTP; 0 takes any that is free");
    static final Setting<String> TOKEN_FILE = Setting.of(
            "admin-token-file",
            SettingType.TEXT.shownAs("FILE"),
            "",
            "File that holds what calls over HTTP that change something must show; without one they are taken from this"
                    + " machine alone");
    static final Setting<Boolean> MOONCAKE_NAMES = Setting.of(
            "mooncake-metric-names",
            SettingType.SWITCH,
            "true",
            "Metrics have Mooncake's names besides, where one means the same, so that its dashboards work");

    static final List<Setting<?>> OF_MASTER = List.of(PORT, HOST, TOKEN_FILE, MOONCAKE_NAMES);

    private AdminSettings() {}

    static AdminOptions options(Settings settings) {
        return new AdminOptions(
                host(settings, MasterSettings.BIND_HOST), settings.get(PORT), token(settings.get(TOKEN_FILE)));
    }

    static String host(Settings settings, Setting<String> otherwise) {
        String host = settings.get(HOST);
        return host.isEmpty() ? settings.get(otherwise) : host;
    }

    private static String token(String file) {
        if (file.isEmpty()) {
            return "";
        }
        String token;
        try {
            token = Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new SettingException(TOKEN_FILE.flag() + " " + file + ": can't be read: " + e);
        }
        if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new SettingException(TOKEN_FILE.flag() + " " + file
                    + ": holds no token, one line of ASCII without spaces (openssl rand -hex 32 makes one)");
        }
        return token;
    }
}
