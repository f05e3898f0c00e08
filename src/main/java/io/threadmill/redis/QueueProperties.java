package io.threadmill.redis;

import io.threadmill.job.DurationText;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * The queue's limits and its liveness.
 *
 * @param maxJobs unfinished jobs accepted before a POST answers 503
 * @param maxBytes bytes of all jobs kept before a POST answers 503; null for a part of Redis's own
 *     limit
 * @param lease how long an instance that stopped beating keeps its jobs
 * @param beat how often an instance renews its lease
 * @param ageing of so many jobs of a pool, one goes to the priority passed over for longest
 */
@Validated
@ConfigurationProperties("threadmill.queue")
record QueueProperties(
    @DefaultValue("2000000") @Min(1) long maxJobs,
    @Nullable DataSize maxBytes,
    @DefaultValue("15s") Duration lease,
    @DefaultValue("5s") Duration beat,
    @DefaultValue("8") @Min(2) @Max(1000) int ageing) {

  QueueProperties {
    if (beat.toMillis() < 100) {
      throw new IllegalArgumentException(
          "threadmill.queue.beat must be at least 100ms, but is " + DurationText.format(beat));
    }
    // Where nobody has beaten for half a lease, an outage is taken for granted: one beat must fit.
    if (lease.compareTo(beat.multipliedBy(3)) < 0) {
      throw new IllegalArgumentException(
          "threadmill.queue.lease (%s) must be at least three times threadmill.queue.beat (%s)"
              .formatted(DurationText.format(lease), DurationText.format(beat)));
    }
  }
}
