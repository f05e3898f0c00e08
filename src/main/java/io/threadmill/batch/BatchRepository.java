package io.threadmill.batch;

import io.threadmill.job.JobError;
import io.threadmill.job.JobId;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where batches are kept. Thread-safe. Each call throws {@link io.threadmill.job.StoreUnavailable}
 * when Redis is away.
 */
public interface BatchRepository {

  /**
   * Begins a batch that takes rows, or answers the one an earlier call began under the same key.
   *
   * @param frame what its rows have in common
   * @param atomic whether no row may run before the last has come
   * @throws io.threadmill.job.BacklogFull when the backlog has reached its limit
   * @throws io.threadmill.job.IdempotencyConflict when the key was used with another fingerprint
   */
  Opened open(JobSpec frame, boolean atomic, @Nullable Idempotency idempotency);

  record Opened(JobId id, boolean replayed) {}

  /**
   * Adds rows; the same chunk sent twice adds them once. A chunk without rows only says that more
   * may come, and is not counted.
   *
   * @param chunk counted from 1
   * @throws io.threadmill.job.BacklogFull when the backlog has reached its limit; none was added
   */
  Appended append(JobId batch, JobSpec frame, int chunk, List<Row> rows);

  /** What became of rows. */
  enum Appended {
    /** They run, or will. */
    RUNNABLE,
    /** The batch is being cancelled: they were added as cancelled rows. */
    CANCELLED,
    /** The batch counts as cut off; none was added. */
    CUT_OFF
  }

  /** A row to be. */
  sealed interface Row {

    /** The item's params as JSON text. */
    String params();
  }

  record ValidRow(JobSpec spec) implements Row {
    @Override
    public String params() {
      return spec.params();
    }
  }

  /** An item that cannot run: a row that has failed from the start. */
  record InvalidRow(String params, JobError error) implements Row {}

  /** No more rows come. False when that was known before. */
  boolean close(JobId batch, Close how);

  /** Why no more rows come. */
  enum Close {
    WHOLE,
    /** The lines were cut off. */
    CUT,
    /** The batch is given up and goes with its rows. */
    DROP
  }

  Optional<Batch> find(JobId id);

  /** One page, newest first. */
  Page list(int limit, @Nullable String cursor);

  record Page(List<Batch> batches, @Nullable String next) {}

  /** What is asked for every row; they follow in the background. */
  ChangeAnswer cancel(JobId id);

  /** Queues the failed rows again. */
  ChangeAnswer retry(JobId id);

  /** Deletes an ended batch with its rows. */
  ChangeAnswer delete(JobId id);

  /**
   * Rows from a position on, fewer than asked for where they are large; empty where there is no
   * such batch, or no more.
   *
   * @param from counts from 0
   */
  Optional<Rows> rows(JobId batch, Order order, long from, int most, Detail detail);

  /** How much of each row is read. */
  enum Detail {
    /** With params and result; of a large result only where it stands: see {@link #filled}. */
    WHOLE,
    /** Without params and result. */
    HEAD
  }

  /**
   * The row with its JSON result in it, where that stands apart; empty where the result is gone.
   */
  Optional<JobSnapshot> filled(JobSnapshot row);

  /** In which order rows are read. */
  enum Order {
    /** As they ended; those that have not are not there yet. */
    COMPLETED,
    /** As they came. */
    SUBMITTED
  }

  /**
   * @param next the position after the last that was looked at
   */
  record Rows(List<Positioned> rows, long next) {}

  record Positioned(long position, JobSnapshot job) {}
}
