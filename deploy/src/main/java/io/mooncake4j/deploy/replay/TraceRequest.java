package io.mooncake4j.deploy.replay;

/**
 * One request of a trace.
 *
 * @param timestampMillis arrival, from the start of the trace
 * @param blockIds one id per 512-token block of the prompt; equal ids mean equal blocks after equal prefixes
 */
public record TraceRequest(long timestampMillis, long[] blockIds) {}
