package io.threadmill.cache;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the maps stand: bytes by fingerprint, each with a time to live of its own, for all
 * instances. Thread-safe. It knows nothing of what the bytes mean.
 *
 * <p>Each call answers within about half a second or throws {@link
 * io.threadmill.job.StoreUnavailable}; it is not repeated.
 */
public interface CacheStore {

  /**
   * @param left how long the entry lives on; zero when nothing says so, which no entry of ours has
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
  record Stored(byte[] packed, Duration left) {}

  /**
   * What became of a put.
   *
   * @param kept false when no room could be made for it
   * @param evicted how many living entries had to go to make room
   */
  record Placed(boolean kept, int evicted) {}

  /** How much a map holds: entries that have expired and were not removed yet included. */
  record Usage(long entries, long bytes) {

    public static final Usage NONE = new Usage(0, 0);
  }

  /** Hears what other instances, and this one, changed. Must be quick and must not throw. */
  interface Follower {

    /** An entry was replaced or evicted. */
    void gone(String fingerprint);

    /** All entries went, or messages may have been missed. */
    void allGone();
  }

  /** The living entry of that fingerprint. */
  Optional<Stored> get(String map, String fingerprint);

  /**
   * Keeps an entry, replacing one of the same fingerprint, for {@code ttl}; those that would expire
   * soonest go until the map's part of {@code budget} holds.
   *
   * @param budget bytes that the whole map may take in Redis
   */
  Placed put(String map, String fingerprint, byte[] packed, Duration ttl, long budget);

  void evict(String map, String fingerprint);

  void clear(String map);

  Usage usage(String map);

  /** Tells of changes of a map from now on. */
  void follow(String map, Follower follower);
}
