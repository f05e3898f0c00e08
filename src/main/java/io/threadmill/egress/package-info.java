/**
 * The one door out. Every request that leaves the service goes through {@link
 * io.threadmill.egress.Egress}: the URL is parsed as a browser parses it, the host is resolved once
 * a hop, every answer is checked, only checked addresses are dialled, and redirects are followed by
 * our own loop so that each hop passes the same guard. Time, bytes, headers and hops are bounded.
 */
@NullMarked
package io.threadmill.egress;

import org.jspecify.annotations.NullMarked;
