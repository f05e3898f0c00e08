package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job this instance holds the lease of.
 *
 * @param lease attempt number and random, compared for equality when the ending is recorded
 * @param failedAttempts failed attempts of this run so far
 * @param cache what it may take from the shared caches and leave there
 * @param caller the name of the access key it came with
 * @param joined how often it waited for an equal job that has ended since
 * @param wantedSince when its present attempt could first have run; being handed back since changes
 *     nothing
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
    CacheOptions cache,
    @Nullable String caller,
    int joined,
    Instant wantedSince,
    Instant createdAt,
    Instant dueAt,
    Instant startedAt) {}
