package io.mooncake4j.deploy.doctor;

/**
 * One thing that was looked at.
 *
 * @param check what it is about, in one word that stays
 * @param found what was measured, in one line
 * @param fix what to do; empty where nothing is to be done, or the text says it
 */
public record Finding(Level level, String check, String found, String fix) {}
