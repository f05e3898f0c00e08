package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checked request: all defaults filled in, its place decided. What the enqueue script writes.
 *
 * @param params the parameters as JSON text, as they came
 * @param pool the pool that executes it
 * @param host the host it counts against, {@code name:port}
 * @param delay from Redis's clock at enqueue; zero with {@code runAt}
 * @param parent the job that spawned it
 */
public record JobSpec(
    String type,
    String params,
    String pool,
    @Nullable String host,
    @Nullable String key,
    int priority,
    Duration delay,
    @Nullable Instant runAt,
    Duration timeout,
    RetryPolicy retry,
    List<String> tags,
    JobOptions options,
    @Nullable JobId parent) {

  /** The same for a job that another spawns, on behalf of that one's caller. */
  public JobSpec childOf(JobId spawner, @Nullable String spawnersCaller) {
    return new JobSpec(
        type,
        params,
        pool,
        host,
        key,
        priority,
        delay,
        runAt,
        timeout,
        retry,
        tags,
        new JobOptions(options.cache(), spawnersCaller, null, null),
        spawner);
  }

  /** A row of the batch whose frame this is. */
  JobSpec rowOf(String rowsParams, String rowsPool, @Nullable String rowsHost) {
    return new JobSpec(
        type,
        rowsParams,
        rowsPool,
        rowsHost,
        key,
        priority,
        delay,
        runAt,
        timeout,
        retry,
        tags,
        options,
        null);
  }
}
