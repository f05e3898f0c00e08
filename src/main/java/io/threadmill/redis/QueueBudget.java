package io.threadmill.redis;

import io.threadmill.job.InvalidSetting;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/**
 * What the queue may hold before a submission is refused.
 *
 * @param jobs unfinished ones
 * @param bytes of all jobs that are kept, finished ones and their results too
 */
record QueueBudget(long jobs, long bytes) {

  private static final Logger log = LoggerFactory.getLogger(QueueBudget.class);

  /** Where neither a setting nor a limit of Redis's own says otherwise. */
  private static final DataSize USUAL = DataSize.ofGigabytes(2);

  /** Of Redis's own limit: the rest is for the caches, events, and the running jobs' results. */
  private static final double PART = 0.6;

  private static final double LARGE_PART = 0.75;

  /**
   * @param maxMemory Redis's own limit, 0 for none
   * @throws InvalidSetting when the setting is above Redis's limit, so that it would never be
   *     reached
   */
  static QueueBudget of(QueueProperties properties, long maxMemory) {
    DataSize set = properties.maxBytes();
    if (set == null) {
      return new QueueBudget(
          properties.maxJobs(), maxMemory == 0 ? USUAL.toBytes() : (long) (maxMemory * PART));
    }
    if (maxMemory > 0 && set.toBytes() > maxMemory) {
      throw new InvalidSetting(
          "threadmill.queue.max-bytes",
          "is %d bytes, which is above Redis's maxmemory of %d."
              .formatted(set.toBytes(), maxMemory),
          "Leave it out, which makes it %d %% of maxmemory, or raise maxmemory."
              .formatted((int) (PART * 100)));
    }
    if (maxMemory > 0 && set.toBytes() > maxMemory * LARGE_PART) {
      log.warn(
          "threadmill.queue.max-bytes is over {} % of Redis's maxmemory of {} bytes: the caches may"
              + " fill it before submissions are refused",
          (int) (LARGE_PART * 100), maxMemory);
    }
    return new QueueBudget(properties.maxJobs(), set.toBytes());
  }
}
