package io.threadmill.cache;

import io.threadmill.cache.SharedCache.Entry;
import io.threadmill.job.BacklogFull;
import io.threadmill.job.CacheOptions;
import io.threadmill.job.JobContext;
import io.threadmill.job.JobResult;
import io.threadmill.job.JobResult.CacheUse;
import io.threadmill.job.StoreUnavailable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Whether a job is answered from a map, waits for an equal job that is at it, or does the work: its
 * own options decide, then the owner of the entries. Thread-safe.
 *
 * <p>Of equal jobs that find no answer one leads ({@link JobContext#lead}) and the others join it,
 * each only where its answer would be kept. The leader keeps its answer before its attempt ends,
 * and its end lets the others go, so each of them finds the answer or, where there is none, leads
 * in turn.
 */
public final class Reuse {

  /** What a handler goes by. */
  public sealed interface Answer<T> permits Found, UnderWay, Absent {}

  /** The job is answered by this; {@code use} is what it says of itself. */
  public record Found<T>(T value, CacheUse use) implements Answer<T> {}

  /** An equal job is at it: the handler answers this. */
  public record UnderWay<T>(JobResult.Join join) implements Answer<T> {}

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
   * decides, without one {@code fresh} does; zero does not look. Whatever they say, a job may use
   * what came after it had begun to want it, for it could have been asked for by the job itself
   * (RFC 9111, section 4: collapsed requests). With a {@code maxAge} that holds for a job that
   * joined only: one that merely stood in a queue may find such an answer too old.
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
    Function<Optional<Entry>, Optional<Answer<T>>> usable =
        found ->
            found
                .flatMap(entry ->
                    read.apply(entry)
                        .filter(value ->
                            cameForIt(entry, context)
                                || (options.maxAge() == null
                                    ? fresh.test(value)
                                    : age(entry).compareTo(options.maxAge()) < 0)))
                .map(
                    value -> new Found<>(value, context.joined() ? CacheUse.JOINED : CacheUse.HIT));
    return usable
        .apply(cache.find(fingerprint))
        .or(() -> underWay(fingerprint, context))
        // It may have been kept since, by a job that led until just now.
        .or(() -> options.store() ? usable.apply(cache.findAgain(fingerprint)) : Optional.empty())
        .orElseGet(() -> new Absent<>(CacheUse.MISS));
  }

  private static boolean cameForIt(Entry entry, JobContext context) {
    return (context.joined() || context.cache().maxAge() == null)
        && entry.storedAt().isAfter(context.wantedSince());
  }

  /** A job whose answer is not kept is of no use to others: it neither leads nor waits. */
  private <T> Optional<Answer<T>> underWay(Fingerprint fingerprint, JobContext context) {
    if (!context.cache().store()) {
      return Optional.empty();
    }
    String work = cache.name() + ":" + fingerprint.hex();
    try {
      return context.lead(work)
          ? Optional.empty()
          : Optional.of(new UnderWay<>(new JobResult.Join(work)));
    } catch (StoreUnavailable | BacklogFull _) {
      return Optional.empty(); // Redis is away or full: the work is done all the same
    }
  }

  /** An entry of another instance's clock may seem to come from the future: it is new. */
  private Duration age(Entry entry) {
    Duration age = Duration.between(entry.askedAt(), clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Keeps an answer for others, where the job does not forbid it. */
  public void keep(Fingerprint fingerprint, JobContext context, Entry entry) {
    if (context.cache().store()) {
      cache.keep(fingerprint, entry);
    }
  }
}
