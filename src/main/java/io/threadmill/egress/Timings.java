package io.threadmill.egress;

/**
 * Where the time of a fetch went, in whole milliseconds of a monotonic clock. A connection that was
 * kept open costs no look-up and no connect.
 *
 * @param dnsMs name look-ups, all hops together
 * @param connectMs TCP and TLS handshakes, all hops together
 * @param ttfbMs from the start of the fetch to the head of the final response
 * @param downloadMs from there to the last byte of the body
 * @param totalMs the whole fetch
 */
public record Timings(long dnsMs, long connectMs, long ttfbMs, long downloadMs, long totalMs) {}
