package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult.CacheUse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whether a job is answered from a map: its own options decide, then the owner of the entries.
 * Thread-safe.
 */
public final class Reuse {

  /** What a handler goes by. */
  public sealed interface Answer<T> permits Found, Absent {}

  /** The job is answered by this; {@code use} is what it says of itself. */
  public record Found<T>(T value, CacheUse use) implements Answer<T> {}

  /** The work is to be done; {@code use} is what the job says of itself then. */
  public record Absent<T>(CacheUse use) implements Answer<T> {}

  private final SharedCache cache;
  private final InstantSource clock;

  public Reuse(SharedCache cache, InstantSource clock) {
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * Looks for a stored answer that the job may use. With a {@code maxAge} the entry's age alone
   * decides, without one {@code fresh} does; zero does not look.
   *
   * @param read makes the answer of an entry; empty when this job cannot use it
   * @param fresh whether an answer may be used by a job that names no age
   */
  public <T> Answer<T> ask(
      Fingerprint fingerprint,
      JobContext context,
      Function<Entry, Optional<T>> read,
      Predicate<T> fresh) {
    CacheOptions options = context.cache();
    if (!options.reads()) {
      return new Absent<>(CacheUse.BYPASS);
    }
    Duration maxAge = options.maxAge();
    return cache
        .find(fingerprint)
        .filter(entry -> maxAge == null || age(entry).compareTo(maxAge) < 0)
        .flatMap(read)
        .filter(value -> maxAge != null || fresh.test(value))
        .<Answer<T>>map(
            value -> new Found<>(value, context.joined() ? CacheUse.JOINED : CacheUse.HIT))
        .orElseGet(() -> new Absent<>(CacheUse.MISS));
  }

  /** An entry of another instance's clock may seem to come from the future: it is new. */
  private Duration age(Entry entry) {
    Duration age = Duration.between(entry.storedAt(), clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Keeps an answer for others, where the job does not forbid it. */
  public void keep(Fingerprint fingerprint, JobContext context, Entry entry) {
    if (context.cache().store()) {
      cache.keep(fingerprint, entry);
    }
  }
}
