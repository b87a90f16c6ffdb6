package io.mooncake4j.deploy.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_DESCRIPTION;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_HEADER;
import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Gives every command's help the order of a manual page. */
final class HelpPages {
    private static final int INDENT = 2;
    private static final String SECTION_KEY_SETTINGS = "settings";
    private static final Map<String, String> EXIT_CODES = new LinkedHashMap<>();

    static {
        EXIT_CODES.put("0", "done");
        EXIT_CODES.put("1", "failed; standard error says why");
        EXIT_CODES.put("2", "wrong usage, or a setting that can't be used");
        EXIT_CODES.put("3", "not found");
    }

    private HelpPages() {}

    static void arrange(CommandLine commandLine) {
        UsageMessageSpec usage = commandLine.getCommandSpec().usageMessage();
        String[] description = usage.description();
        String name = commandLine.getCommandSpec().qualifiedName(" ");
        usage.header(description[0])
                .synopsisHeading("%nSYNOPSIS%n  ")
                .abbreviateSynopsis(true)
                .descriptionHeading(description.length > 1 ? "%nDESCRIPTION%n" : "")
                .description(Arrays.copyOfRange(description, 1, description.length))
                .parameterListHeading("%nARGUMENTS%n")
                .optionListHeading("%nOPTIONS%n")
                .commandListHeading("%nCOMMANDS%n")
                .footerHeading("%nEXAMPLES%n")
                .exitCodeListHeading("%nEXIT STATUS%n")
                .exitCodeList(EXIT_CODES);
        Map<String, CommandLine.IHelpSectionRenderer> sections = commandLine.getHelpSectionMap();
        sections.put(
                SECTION_KEY_HEADER,
                help -> help.createHeading("NAME%n") + paragraphs(help, name + " - " + description[0]));
        sections.put(
                SECTION_KEY_DESCRIPTION,
                help -> paragraphs(help, help.commandSpec().usageMessage().description()));
        if (commandLine.getCommand() instanceof SettingsCommand command) {
            arrangeSettings(commandLine, command);
        }
    }

    /** Paragraphs, wrapped and indented. */
    private static String paragraphs(Help help, String... texts) {
        TextTable table = TextTable.forColumns(
                help.colorScheme(),
                new Column(INDENT, 0, Column.Overflow.SPAN),
                new Column(help.commandSpec().usageMessage().width() - INDENT, 0, Column.Overflow.WRAP));
        for (String text : texts) {
            table.addRowValues("", text);
        }
        return table.toString();
    }

    private static void arrangeSettings(CommandLine commandLine, SettingsCommand command) {
        Set<String> flags =
                command.declared().stream().map(setting -> setting.flag()).collect(Collectors.toSet());
        Predicate<OptionSpec> isSetting = option -> flags.contains(option.longestName());
        Map<String, CommandLine.IHelpSectionRenderer> sections = commandLine.getHelpSectionMap();
        sections.put(SECTION_KEY_OPTION_LIST, help -> options(help, isSetting.negate()));
        sections.put(
                SECTION_KEY_SETTINGS,
                help -> help.createHeading("%nSETTINGS%n"
                                + "  By flag, else environment, else configuration file, else default.%n")
                        + options(help, isSetting));
        List<String> order = new ArrayList<>(commandLine.getHelpSectionKeys());
        order.add(order.indexOf(SECTION_KEY_OPTION_LIST) + 1, SECTION_KEY_SETTINGS);
        commandLine.setHelpSectionKeys(order);
    }

    private static String options(Help help, Predicate<OptionSpec> which) {
        List<OptionSpec> options =
                help.commandSpec().options().stream().filter(which).toList();
        Help.Layout layout = help.createDefaultLayout(options, List.of(), help.colorScheme());
        layout.addAllOptions(options, help.parameterLabelRenderer());
        return layout.toString();
    }
}
