package io.threadmill.job;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one limiter: what may be at work at once, and how often, for a key or a host, across all
 * instances. A job's own key and host are reserved by {@code take}; what else a job does to another
 * host is acquired here. Thread-safe; throws {@link StoreUnavailable} when Redis is away.
 */
public interface Limiter {

  /** What a limit is about. */
  enum Kind {
    KEY,
    HOST
  }

  /**
   * What a limit allows; a member that is null does not limit.
   *
   * @param concurrency at work at once, at least 1
   * @param rate starts in a time
   */
  record Numbers(@Nullable Integer concurrency, @Nullable Rate rate) {

    /** At most so many at work at once, and at least so long between two starts. */
    public Numbers(int concurrency, Duration interval) {
      this((Integer) concurrency, interval.isPositive() ? Rate.every(interval) : null);
    }
  }

  sealed interface Answer {}

  /** Granted until released, at longest until its lease ends. */
  record Granted(Permit permit) implements Answer {}

  /** Try again after this. */
  record Held(Duration until) implements Answer {}

  /** A reservation; releasing twice does no harm. */
  interface Permit {
    void release();
  }

  /** Reserves a place for something that is not a job's own host; never waits. */
  Answer acquire(Kind kind, String name, Duration lease);

  /**
   * Sets a host's or key's numbers, for as long as given; null forever. What waits for the limit is
   * looked at again at once.
   *
   * @return whether there was none before
   * @throws TooManyLimits when as many are set without an end as may be
   */
  boolean set(Kind kind, String name, Numbers numbers, @Nullable Duration ttl);

  Optional<Numbers> get(Kind kind, String name);

  /** Takes a limit away, at once; false when there was none. */
  boolean remove(Kind kind, String name);

  /** Nothing of this name starts before the instant on Redis's clock plus {@code pause}. */
  void holdBack(Kind kind, String name, Duration pause);
}
