package io.mooncake4j.transfer.vm;

/**
 * How a command in a virtual machine ended.
 *
 * @param exitCode its own; 124: ended by the time limit, 125: there was no machine to run it in
 * @param output both streams, and if it failed the kernel's messages
 */
public record GuestOutcome(int exitCode, String output) {}
