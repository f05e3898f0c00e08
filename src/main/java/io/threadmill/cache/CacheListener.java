package io.threadmill.cache;

/** Hears how the maps are used. Called on the caller's thread; must be quick and must not throw. */
public interface CacheListener {

  /** What a get found. */
  enum Get {
    /** The copy in this JVM. */
    NEAR,
    /** The entry in Redis. */
    HIT,
    MISS,
    /** Bytes that are no entry of ours: damaged, foreign, or of another version. Deleted. */
    CORRUPT,
    /** Redis was away or slow. */
    ERROR
  }

  /** What became of a put. */
  enum Put {
    KEPT,
    /** Over the bound of one entry. */
    TOO_LARGE,
    /** No room could be made in the map. */
    FULL,
    /** Redis was away or slow. */
    ERROR
  }

  default void got(String map, Get result) {}

  default void put(String map, Put outcome) {}

  /** Living entries had to go to make room for another. */
  default void evicted(String map, int entries) {}
}
