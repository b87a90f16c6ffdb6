package io.mooncake4j.client;

/** One key of a listing, with the size of its object. */
public record KeyInfo(String key, long sizeBytes) {}
