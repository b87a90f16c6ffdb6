package io.mooncake4j.transfer.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The one declaration of a setting. Its name, such as {@code segment-size}, gives the flag {@code --segment-size} and our
 * environment name {@code MOONCAKE4J_SEGMENT_SIZE}; the name is also its key in a configuration file.
 *
 * @param defaultText the default as a user would write it
 * @param meaning one sentence for help texts
 * @param variables environment names, ours first, then the ones that Mooncake has for the same thing
 * @param fileKeys keys in a configuration file: the name, then the ones that Mooncake's has for the same thing
 */
public record Setting<T>(
        String name,
        SettingType<T> type,
        String defaultText,
        String meaning,
        List<Variable> variables,
        List<String> fileKeys) {
    public static final String OWN_PREFIX = "MOONCAKE4J_";

    /**
     * An environment name. Mooncake leaves the unit out of some values.
     *
     * @param unitSuffix what to append to a value before it is read, such as {@code ms}; mostly empty
     */
    public record Variable(String name, String unitSuffix) {}

    public static <T> Setting<T> of(String name, SettingType<T> type, String defaultText, String meaning) {
        String own = OWN_PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
        return new Setting<>(name, type, defaultText, meaning, List.of(new Variable(own, "")), List.of(name));
    }

    /** This setting, also read from a variable of Mooncake's that means the same. */
    public Setting<T> alsoFrom(String variable) {
        return alsoFrom(variable, "");
    }

    /** As {@link #alsoFrom(String)}, for a variable whose value lacks its unit. */
    public Setting<T> alsoFrom(String variable, String unitSuffix) {
        List<Variable> more = new ArrayList<>(variables);
        more.add(new Variable(variable, unitSuffix));
        return new Setting<>(name, type, defaultText, meaning, List.copyOf(more), fileKeys);
    }

    /** This setting, also read from a key of Mooncake's configuration file that means the same. */
    public Setting<T> alsoInFile(String key) {
        List<String> more = new ArrayList<>(fileKeys);
        more.add(key);
        return new Setting<>(name, type, defaultText, meaning, variables, List.copyOf(more));
    }

    /** This setting with another default, for a process that needs one. */
    public Setting<T> withDefault(String newDefaultText) {
        return new Setting<>(name, type, newDefaultText, meaning, variables, fileKeys);
    }

    public String flag() {
        return "--" + name;
    }
}
