package io.threadmill.job;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a job may take from the shared caches and leave there.
 *
 * @param maxAge a stored answer younger than this is used without asking again; zero never reads;
 *     null leaves the age to the job type
 * @param store whether the answer is kept for others
 */
public record CacheOptions(@Nullable Duration maxAge, boolean store) {

  /** What a request that says nothing of caches gets. */
  public static final CacheOptions DEFAULT = new CacheOptions(null, true);

  /** Whether a stored answer may be used at all. */
  public boolean reads() {
    return maxAge == null || maxAge.isPositive();
  }
}
