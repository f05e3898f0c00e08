package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
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
   * @param concurrency at work at once, at least 1
   * @param interval least time between two starts
   */
  record Numbers(int concurrency, Duration interval) {}

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

  /** Sets a host's or key's numbers, for as long as given; null forever. */
  void set(Kind kind, String name, Numbers numbers, @Nullable Duration ttl);

  Optional<Numbers> get(Kind kind, String name);

  void remove(Kind kind, String name);

  /** Nothing of this name starts before the instant on Redis's clock plus {@code pause}. */
  void holdBack(Kind kind, String name, Duration pause);

  /** What stands in the way of a name right now, for people to read. */
  record Load(String name, int inFlight, Numbers numbers, @Nullable Instant notBefore) {}
}
