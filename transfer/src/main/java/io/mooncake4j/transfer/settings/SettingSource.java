package io.mooncake4j.transfer.settings;

import java.util.Map;
import java.util.Optional;

/** A place where settings may be given. */
@FunctionalInterface
public interface SettingSource {
    /**
     * What was given.
     *
     * @param place where, as a user knows it, such as {@code MOONCAKE4J_SEGMENT_SIZE}
     * @param errorPlace how an error names place and setting
     */
    record Given(String text, String place, String errorPlace) {
        /** For places whose name tells the setting. */
        public Given(String text, String place) {
            this(text, place, place);
        }
    }

    Optional<Given> find(Setting<?> setting);

    /** The environment: a setting's own variable before Mooncake's; a blank one counts as unset. */
    static SettingSource environment(Map<String, String> variables) {
        return setting -> {
            for (Setting.Variable variable : setting.variables()) {
                String text = variables.getOrDefault(variable.name(), "").strip();
                if (!text.isEmpty()) {
                    return Optional.of(new Given(text + variable.unitSuffix(), "environment " + variable.name()));
                }
            }
            return Optional.empty();
        };
    }
}
