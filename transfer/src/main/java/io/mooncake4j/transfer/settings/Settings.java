package io.mooncake4j.transfer.settings;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The effective settings of one process: immutable, every value checked. */
public final class Settings {
    /**
     * One effective value.
     *
     * @param place where it comes from: a flag, an environment variable or {@code default}
     */
    public record Value<T>(Setting<T> setting, T value, String place) {
        /** The value as a user would write it. */
        public String text() {
            return setting.type().printer().apply(value);
        }
    }

    private static final String DEFAULT = "default";

    private final Map<Setting<?>, Value<?>> values = new LinkedHashMap<>();

    private Settings() {}

    /**
     * Resolves every declared setting.
     *
     * @param sources in the order of precedence; the default comes after all of them
     * @throws SettingException if a given text can't be used
     */
    public static Settings resolve(Collection<Setting<?>> declared, List<SettingSource> sources) {
        Settings settings = new Settings();
        for (Setting<?> setting : declared) {
            settings.values.put(setting, value(setting, sources));
        }
        return settings;
    }

    private static <T> Value<T> value(Setting<T> setting, List<SettingSource> sources) {
        for (SettingSource source : sources) {
            Optional<SettingSource.Given> given = source.find(setting);
            if (given.isPresent()) {
                String place = given.get().place();
                try {
                    return new Value<>(
                            setting, setting.type().parser().apply(given.get().text()), place);
                } catch (SettingException e) {
                    throw new SettingException(given.get().errorPlace() + ": " + e.getMessage());
                }
            }
        }
        return new Value<>(setting, setting.type().parser().apply(setting.defaultText()), DEFAULT);
    }

    /** The effective value of a declared setting. */
    @SuppressWarnings("unchecked")
    public <T> T get(Setting<T> setting) {
        Value<?> value = values.get(setting);
        if (value == null) {
            throw new IllegalArgumentException("setting " + setting.name() + " is not declared for this process");
        }
        return (T) value.value();
    }

    /** Whether a declared setting was given anywhere, be it as its default says. */
    public boolean isGiven(Setting<?> setting) {
        Value<?> value = values.get(setting);
        return value != null && !value.place().equals(DEFAULT);
    }

    /** All effective values, in the order of declaration. */
    public List<Value<?>> values() {
        return new ArrayList<>(values.values());
    }
}
