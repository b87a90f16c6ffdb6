package io.mooncake4j.deploy.cli;

/** Entry point of {@code bin/mooncake4j}. */
public final class Mooncake4j {
    private Mooncake4j() {}

    public static void main(String[] arguments) {
        System.exit(CommandLines.create(Console.ofProcess()).execute(arguments));
    }
}
