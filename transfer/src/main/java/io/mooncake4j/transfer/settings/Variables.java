package io.mooncake4j.transfer.settings;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Environment variables of Mooncake's and ours that a process does not use, to be named in a warning at its start. */
public final class Variables {
    private static final List<String> MOONCAKE_PREFIXES = List.of("MC_", "MOONCAKE_");

    private Variables() {}

    /**
     * Names that are set but have no effect: Mooncake's that this process does not use, and ours that no process of
     * mooncake4j uses.
     *
     * @param used settings of this process
     * @param known settings of all processes
     */
    public static Set<String> withoutEffect(
            Map<String, String> environment, Collection<Setting<?>> used, Collection<Setting<?>> known) {
        Set<String> usedNames = names(used);
        Set<String> knownNames = names(known);
        Set<String> unused = new TreeSet<>();
        for (String name : environment.keySet()) {
            boolean mooncakes = MOONCAKE_PREFIXES.stream().anyMatch(name::startsWith);
            boolean ours = name.startsWith(Setting.OWN_PREFIX);
            if (mooncakes && !usedNames.contains(name) || ours && !knownNames.contains(name)) {
                unused.add(name);
            }
        }
        return unused;
    }

    private static Set<String> names(Collection<Setting<?>> settings) {
        return settings.stream()
                .flatMap(setting -> setting.variables().stream())
                .map(Setting.Variable::name)
                .collect(Collectors.toSet());
    }
}
