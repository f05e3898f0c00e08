package io.threadmill.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a running attempt may ask of and tell the service. Thread-safe.
 *
 * <p>Calls that need Redis throw {@link StoreUnavailable} while it is away and {@link BacklogFull}
 * while it is full. A handler may let both pass: the attempt is then handed back uncounted and the
 * job runs again after a pause.
 */
public interface JobContext {

  JobId id();

  /** 1 for the first run, raised by each {@code retry}. */
  int run();

  /** The attempt's number, counting every start of the job. */
  int attempt();

  /** How many attempts of this run have failed before this one. */
  int failedAttempts();

  /** What is left of this attempt's time; zero or less when it is over. */
  Duration remaining();

  /** True once a client asked to cancel, the deadline passed or the service drains. */
  boolean cancelled();

  /**
   * Since when the job wants the answer of its present attempt, on Redis's clock: when it was
   * accepted, its time had come, or the pause after a failure was over. Being handed back, as for
   * an equal job or a host at its limit, changes nothing.
   */
  Instant wantedSince();

  /** What the job may take from the shared caches and leave there. */
  CacheOptions cache();

  /** The name of the access key the job came with; empty where the service has no keys. */
  Optional<String> caller();

  /**
   * Takes the lead in a piece of work that equal jobs would do too, until this attempt ends. At
   * most one work an attempt: leading another gives the first up.
   *
   * @param work what equal jobs have in common: 1 to 200 visible ASCII characters
   * @return false when another job leads it: then the handler may answer {@link JobResult.Join}. A
   *     job that has joined {@link JobLimits#MAX_JOINS} times is told true and works beside the
   *     leader
   * @throws LeaseLost when this attempt is no longer the one that counts
   * @throws StoreUnavailable when Redis is away
   */
  boolean lead(String work);

  /** Whether this job waited for an equal one that has ended since. */
  boolean joined();

  /** Tells how far the work is. Cheap; written to the store at most twice a second. */
  void progress(long done, long total, @Nullable String message);

  /**
   * Starts children in the group of this job; the job may then answer {@link JobResult.Await}. A
   * child's failure does not end its parent. At most {@link JobLimits#MAX_CHILDREN} in all, and
   * {@link JobLimits#MAX_IDS_PER_CALL} at once.
   *
   * @throws StoreUnavailable when Redis is away
   * @throws BacklogFull when there is no room for them now
   * @throws InvalidJob when a request is invalid
   */
  List<JobId> spawn(List<JobRequest> children);

  /** The children spawned so far in the order of their ends, unfinished ones not included. */
  List<JobSnapshot> endedChildren();

  /**
   * Keeps a few bytes for the next attempt, should this one not end well. Replaces what was kept.
   *
   * @throws LeaseLost when this attempt is no longer the one that counts
   */
  void checkpoint(byte[] state);

  /** What an earlier attempt of this run kept. */
  Optional<byte[]> lastCheckpoint();
}
