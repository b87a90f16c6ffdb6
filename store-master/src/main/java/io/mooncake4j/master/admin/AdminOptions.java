package io.mooncake4j.master.admin;

/**
 * Settings of administration over HTTP.
 *
 * @param port 0 for any that is free
 * @param token what changing calls must show; empty: they are taken from this machine alone
 */
public record AdminOptions(String bindHost, int port, String token) {}
