package io.mooncake4j.node;

/** How a node presents itself. The nonce tells one life of its process from the next. */
public record NodeIdentity(String name, String host, String hostId, long processNonce) {}
