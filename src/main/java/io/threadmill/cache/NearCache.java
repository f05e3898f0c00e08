package io.threadmill.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A copy of few entries of one map in this JVM, bounded by bytes. An entry stays at most {@link
 * #LONGEST} and never beyond its own expiry, so that a lost message costs little. Thread-safe.
 *
 * <p>An entry read from Redis may be replaced there before it arrives here. Whoever reads takes a
 * {@link #mark} first, and what was read is kept only when no message came since. Taking the mark's
 * part inside {@code compute} orders it with the removal that each message makes after raising the
 * mark: either the removal comes later, or the mark is seen raised.
 */
final class NearCache implements CacheStore.Follower {

  static final Duration LONGEST = Duration.ofSeconds(30);

  /** What an entry costs beyond its bytes: key, node, objects. */
  private static final int OVERHEAD = 300;

  private record Copy(Entry entry, long lifeNanos) {}

  private final Cache<String, Copy> copies;
  private final AtomicLong messages = new AtomicLong();

  NearCache(long bytes, Ticker ticker) {
    copies =
        Caffeine.newBuilder()
            .maximumWeight(bytes)
            .weigher((String _, Copy copy) ->
                OVERHEAD + copy.entry().head().length + copy.entry().body().length)
            .expireAfter(
                Expiry.<String, Copy>writing((_, copy) -> Duration.ofNanos(copy.lifeNanos())))
            .ticker(ticker::nanos)
            .executor(Runnable::run) // its upkeep is short and needs no thread of its own
            .build();
  }

  Optional<Entry> find(Fingerprint fingerprint) {
    return Optional.ofNullable(copies.getIfPresent(fingerprint.hex())).map(Copy::entry);
  }

  /** To be taken before Redis is asked. */
  long mark() {
    return messages.get();
  }

  void keep(Fingerprint fingerprint, Entry entry, Duration left, long mark) {
    long life = Math.min(LONGEST.toNanos(), left.toNanos());
    if (life <= 0) {
      return;
    }
    Copy copy = new Copy(entry, life);
    copies.asMap().compute(fingerprint.hex(), (_, _) -> messages.get() == mark ? copy : null);
  }

  @Override
  public void gone(String fingerprint) {
    messages.incrementAndGet();
    copies.invalidate(fingerprint);
  }

  @Override
  public void allGone() {
    messages.incrementAndGet();
    copies.invalidateAll();
  }
}
