/**
 * The only code that imports Redisson: connections, scripts, keys, leases, and the embedded server.
 * It implements the ports of the other rooms ({@code JobQueue}, {@code JobRepository}, {@code
 * Limiter}, {@code EventLog}); the scripts themselves are {@code src/main/resources/lua}.
 */
@NullMarked
package io.threadmill.redis;

import org.jspecify.annotations.NullMarked;
