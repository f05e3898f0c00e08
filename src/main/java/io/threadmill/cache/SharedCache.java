package io.threadmill.cache;

import io.threadmill.cache.CacheListener.Get;
import io.threadmill.cache.CacheListener.Put;
import io.threadmill.cache.CacheStore.Placed;
import io.threadmill.cache.CacheStore.Stored;
import io.threadmill.cache.CacheStore.Usage;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.ThreadmillException;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One map that all instances share, with a copy of few entries in this JVM. Thread-safe.
 *
 * <p>A job never fails by it: while Redis is away a find is a miss and a keep is dropped, both
 * counted. Only {@link #evict} and {@link #clear}, which an operator asks for, tell of it.
 */
public final class SharedCache {

  /**
   * An answer kept.
   *
   * @param askedAt when it was asked for where it comes from; its age is reckoned from then
   * @param storedAt when it had come from there
   * @param head what its owner needs to know of it; at most 64 KiB
   * @param body the answer; whoever is handed the bytes leaves them as they are
   */
  @SuppressWarnings("ArrayRecordComponent") // up to many MiB, compared by nobody
  public record Entry(Instant askedAt, Instant storedAt, byte[] head, byte[] body) {

    /** An answer of which it does not matter how long it took. */
    public Entry(Instant storedAt, byte[] head, byte[] body) {
      this(storedAt, storedAt, head, body);
    }
  }

  /**
   * Plain numbers, for which see {@link CacheProperties}.
   *
   * @param nearBytes of copies in this JVM; zero for none
   * @param budgetBytes of the whole map in Redis
   * @param entryBytes of one entry as packed
   * @param ttl how long an entry is kept at most
   */
  public record Bounds(long nearBytes, long budgetBytes, long entryBytes, Duration ttl) {}

  private final String name;
  private final CacheStore store;
  private final Bounds bounds;
  private final NearCache near;
  private final List<CacheListener> listeners;

  public SharedCache(
      String name,
      CacheStore store,
      Bounds bounds,
      Ticker ticker,
      Collection<CacheListener> listeners) {
    this.name = name;
    this.store = store;
    this.bounds = bounds;
    this.near = new NearCache(bounds.nearBytes(), ticker);
    this.listeners = List.copyOf(listeners);
    store.follow(name, near);
  }

  public String name() {
    return name;
  }

  /** The living entry of that fingerprint; bytes that are no entry of ours are removed. */
  public Optional<Entry> find(Fingerprint fingerprint) {
    return find(fingerprint, Get.MISS);
  }

  /** The same for who has just found nothing: nothing again is not told once more. */
  Optional<Entry> findAgain(Fingerprint fingerprint) {
    return find(fingerprint, null);
  }

  private Optional<Entry> find(Fingerprint fingerprint, @Nullable Get nothing) {
    Optional<Entry> copy = near.find(fingerprint);
    if (copy.isPresent()) {
      tellGot(Get.NEAR);
      return copy;
    }
    long mark = near.mark();
    Optional<Stored> stored;
    try {
      stored = store.get(name, fingerprint.hex());
    } catch (ThreadmillException _) {
      tellGot(Get.ERROR);
      return Optional.empty();
    }
    if (stored.isEmpty()) {
      if (nothing != null) {
        tellGot(nothing);
      }
      return Optional.empty();
    }
    Duration left = stored.get().left();
    Optional<Entry> entry =
        left.isPositive()
            ? EntryFormat.unpack(fingerprint, stored.get().packed())
            : Optional.empty();
    if (entry.isEmpty()) {
      tellGot(Get.CORRUPT);
      remove(fingerprint);
      return entry;
    }
    near.keep(fingerprint, entry.get(), left, mark);
    tellGot(Get.HIT);
    return entry;
  }

  private void remove(Fingerprint fingerprint) {
    try {
      store.evict(name, fingerprint.hex());
    } catch (ThreadmillException _) {
      // It stays a miss, and is removed by the next that finds it.
    }
  }

  /** Keeps an entry for the map's own time. */
  public void keep(Fingerprint fingerprint, Entry entry) {
    keep(fingerprint, entry, bounds.ttl());
  }

  /** Keeps an entry, for at most the map's own time, where it is within the bounds. */
  public void keep(Fingerprint fingerprint, Entry entry, Duration ttl) {
    Duration life = ttl.compareTo(bounds.ttl()) > 0 ? bounds.ttl() : ttl;
    if (life.toMillis() < 1) {
      return;
    }
    Optional<byte[]> packed = EntryFormat.pack(fingerprint, entry);
    if (packed.isEmpty() || packed.get().length > bounds.entryBytes()) {
      tellPut(Put.TOO_LARGE);
      return;
    }
    long mark = near.mark();
    Placed placed;
    try {
      placed = store.put(name, fingerprint.hex(), packed.get(), life, bounds.budgetBytes());
    } catch (ThreadmillException _) {
      tellPut(Put.ERROR);
      return;
    }
    if (placed.kept()) {
      near.keep(fingerprint, entry, life, mark);
    }
    tellPut(placed.kept() ? Put.KEPT : Put.FULL);
    if (placed.evicted() > 0) {
      listeners.forEach(listener -> listener.evicted(name, placed.evicted()));
    }
  }

  /**
   * Removes an entry, here and in all instances.
   *
   * @throws StoreUnavailable when Redis is away
   */
  public void evict(Fingerprint fingerprint) {
    near.gone(fingerprint.hex());
    store.evict(name, fingerprint.hex());
  }

  /**
   * Removes all entries, here and in all instances.
   *
   * @throws StoreUnavailable when Redis is away
   */
  public void clear() {
    near.allGone();
    store.clear(name);
  }

  /**
   * @throws StoreUnavailable when Redis is away
   */
  public Usage usage() {
    return store.usage(name);
  }

  private void tellGot(Get result) {
    listeners.forEach(listener -> listener.got(name, result));
  }

  private void tellPut(Put outcome) {
    listeners.forEach(listener -> listener.put(name, outcome));
  }
}
