package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job this instance holds the lease of.
 *
 * @param lease attempt number and random, compared for equality when the ending is recorded
 * @param failedAttempts failed attempts of this run so far
 * @param dueAt when it could first have run; on Redis's clock, as are the others
 */
public record TakenJob(
    JobId id,
    String lease,
    String type,
    String params,
    String pool,
    @Nullable String host,
    @Nullable String key,
    int run,
    int attempt,
    int failedAttempts,
    RetryPolicy retry,
    Duration timeout,
    Instant createdAt,
    Instant dueAt,
    Instant startedAt) {}
