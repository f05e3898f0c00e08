package io.threadmill.job;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The worker's side of the store. All calls are made for this instance, are bounded, and may be
 * sent twice without harm. Thread-safe. Each throws {@link StoreUnavailable} when Redis is away.
 */
public interface JobQueue {

  /**
   * Leases up to {@code slots} jobs whose limits allow them to start, reserving those limits. Empty
   * when this instance's own lease has run out: it must {@link #beat} first.
   */
  Optional<List<TakenJob>> take(String pool, int slots);

  /** Waits until work may be there for the pool, at most {@code limit}; a hint, not a promise. */
  void awaitWork(String pool, Duration limit) throws InterruptedException;

  /** Records endings, each fenced by its lease; answers in the order given. */
  List<Verdict> record(List<Recording> endings);

  /** Writes the progress of attempts still held; others are ignored. */
  void progress(List<ProgressNote> notes);

  /**
   * Renews this instance's lease.
   *
   * @return leases among {@code held} that are no longer this instance's
   */
  List<TakenJob> beat(Collection<TakenJob> held);

  /** Ids of running jobs here whose cancellation was asked for since the last call. */
  List<JobId> cancellations();

  /** Queues what is due. Answers how long until the next is, if one is known. */
  Optional<Duration> promote();

  /** Whom to wake when a take found out that {@link #promote} is due sooner than it had said. */
  default void onSooner(Runnable wake) {}

  /**
   * Takes over what dead instances held, unless this one's own lease is over; answers how many
   * jobs.
   */
  int sweep();

  /** Deletes what has expired; answers how many jobs. */
  int expire();

  /** Ends this instance's registration; what it still holds is queued again, uncounted. */
  void deregister();

  /**
   * Lets an attempt lead a piece of work until it ends; false when another job leads it.
   *
   * @throws LeaseLost when the attempt is no longer the one that counts
   */
  boolean lead(TakenJob job, String work);

  /** Keeps a checkpoint, fenced. */
  void checkpoint(TakenJob job, byte[] state);

  Optional<byte[]> lastCheckpoint(TakenJob job);

  /** What became of a recording. */
  enum Verdict {
    RECORDED,
    /** The same ending by the same lease was recorded before: a re-sent call. */
    ALREADY_RECORDED,
    /** The lease passed to another attempt, or the job ended otherwise. */
    REFUSED
  }

  record Recording(TakenJob job, Ending ending, JobSnapshot.@Nullable Progress progress) {}

  record ProgressNote(TakenJob job, JobSnapshot.Progress progress) {}
}
