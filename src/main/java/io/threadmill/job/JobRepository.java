package io.threadmill.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the store. Thread-safe. Each call throws {@link StoreUnavailable} when Redis
 * is away.
 */
public interface JobRepository {

  /**
   * Writes one job, or answers the one an earlier call wrote under the same idempotency key.
   *
   * @throws BacklogFull when the backlog has reached its limit; nothing was written
   * @throws IdempotencyConflict when the key was used with another fingerprint
   */
  Enqueued enqueue(JobSpec spec, @Nullable Idempotency idempotency);

  /**
   * Writes children of a running job, all or none; the parent's group counts them in the same step.
   *
   * @throws LeaseLost when the spawning attempt is no longer the one that counts
   * @throws BacklogFull when the backlog would exceed its limit
   * @throws IllegalArgumentException when they are too many or too large for one call
   * @throws IllegalStateException when the parent's group would exceed its limit
   */
  List<JobId> spawn(TakenJob spawner, List<JobSpec> children);

  /** A job with its JSON result loaded. */
  Optional<JobSnapshot> find(JobId id);

  /** The same for a caller who has no more time than this. */
  Optional<JobSnapshot> find(JobId id, Duration limit);

  /** The bytes of a finished job's result. */
  Optional<byte[]> resultBytes(JobSnapshot job);

  /** One page, newest first, without params and results. */
  Page list(Filter filter, int limit, @Nullable String cursor);

  /** Counts by type and state, kept by the scripts. */
  Map<String, Map<JobState, Long>> counts();

  CancelAnswer cancel(JobId id);

  /** Queues a failed or cancelled job again, raising its run. */
  ChangeAnswer retry(JobId id);

  /** Deletes a finished job. */
  ChangeAnswer delete(JobId id);

  /**
   * Cancels some of what matches, newest first; what has ended or was asked to stop before is
   * passed over.
   *
   * @param limit the most to change in this call
   * @param cursor where the call before ended, null to begin
   */
  Changed cancelSome(Filter filter, int limit, @Nullable String cursor);

  /** Queues some of what matches again, newest first; only what failed or was cancelled. */
  Changed retrySome(Filter filter, int limit, @Nullable String cursor);

  /** {@code next} is null at the end of the walk. */
  record Changed(int jobs, @Nullable String next) {}

  /** The ended children of a job in the order of their ends. */
  List<JobSnapshot> endedChildren(JobId parent, int limit);

  /**
   * @param scope what keeps two clients' keys apart: access key and route
   * @param fingerprint of the request body
   */
  record Idempotency(String scope, String key, String fingerprint) {}

  /**
   * @param written the job as it was written, null where an earlier call had written it
   */
  record Enqueued(JobId id, @Nullable JobSnapshot written) {

    public boolean replayed() {
      return written == null;
    }
  }

  /** Null members match everything. */
  record Filter(@Nullable JobState state, @Nullable String type, @Nullable String tag) {

    public boolean matches(JobSnapshot job) {
      return (state == null || job.state() == state)
          && (type == null || job.type().equals(type))
          && (tag == null || job.tags().contains(tag));
    }
  }

  /** {@code next} is null at the end of the walk. */
  record Page(List<JobSnapshot> jobs, @Nullable String next) {}

  enum CancelAnswer {
    NOT_FOUND,
    /** It ended, or had already ended, as cancelled. */
    CANCELLED,
    /** It runs; its instance has been told. */
    REQUESTED,
    /** It had already ended otherwise. */
    FINISHED
  }

  enum ChangeAnswer {
    NOT_FOUND,
    CHANGED,
    /** Its state does not allow the change. */
    CONFLICT
  }
}
