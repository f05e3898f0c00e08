package io.threadmill.job;

import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Changed;
import io.threadmill.job.JobRepository.Enqueued;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobRepository.Page;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * All that a client can do with jobs. Thread-safe. Every call may throw {@link StoreUnavailable}.
 */
@Service
public class Jobs {

  private static final Logger log = LoggerFactory.getLogger(Jobs.class);

  /** Steps of one change of many: as many as a walk over millions of jobs takes. */
  private static final int MOST_CHANGE_CALLS = 10_000;

  private final JobTypes types;
  private final JobRepository repository;
  private final List<JobListener> listeners;
  private final AtomicBoolean closed = new AtomicBoolean();

  Jobs(JobTypes types, JobRepository repository, List<JobListener> listeners) {
    this.types = types;
    this.repository = repository;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * Writes a job; when this returns it will be run.
   *
   * @throws InvalidJob naming every fault
   * @throws PayloadTooLarge when a part is over its size
   * @throws BacklogFull when the store holds as much unfinished work as it may
   * @throws IdempotencyConflict when the key was used with another body
   * @throws Draining once {@link #closeIntake()} was called
   */
  public Enqueued submit(JobRequest request, @Nullable Idempotency idempotency) {
    try {
      if (closed.get()) {
        throw new Draining();
      }
      JobSpec spec = types.check(request);
      Enqueued enqueued = repository.enqueue(spec, idempotency);
      if (!enqueued.replayed()) {
        tell(listener -> listener.enqueued(List.of(spec)));
      }
      return enqueued;
    } catch (ThreadmillException refused) {
      tell(listener -> listener.refused(refused.getClass().getSimpleName()));
      throw refused;
    }
  }

  /** A listener that throws does not turn an accepted job into a failed call. */
  private void tell(Consumer<JobListener> call) {
    for (JobListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException fault) {
        log.warn("a job listener threw", fault);
      }
    }
  }

  public Optional<JobSnapshot> find(JobId id) {
    return repository.find(id);
  }

  /** The same for a caller who has no more time than this. */
  public Optional<JobSnapshot> find(JobId id, Duration limit) {
    return repository.find(id, limit);
  }

  public Optional<byte[]> resultBytes(JobSnapshot job) {
    return repository.resultBytes(job);
  }

  public Page list(Filter filter, int limit, @Nullable String cursor) {
    return repository.list(filter, limit, cursor);
  }

  public Map<String, Map<JobState, Long>> counts() {
    return repository.counts();
  }

  public CancelAnswer cancel(JobId id) {
    return repository.cancel(id);
  }

  public ChangeAnswer retry(JobId id) {
    return repository.retry(id);
  }

  public ChangeAnswer delete(JobId id) {
    return repository.delete(id);
  }

  /**
   * Cancels what matches, at most {@link JobLimits#MAX_CHANGED}; answers how many were cancelled or
   * asked to stop. What ended before counts as nothing, so that a call sent again goes on where the
   * first one ended.
   */
  public int cancelAll(Filter filter) {
    return changeAll((limit, cursor) -> repository.cancelSome(filter, limit, cursor));
  }

  /** Queues again what matches and had failed or was cancelled; likewise. */
  public int retryAll(Filter filter) {
    return changeAll((limit, cursor) -> repository.retrySome(filter, limit, cursor));
  }

  private interface Change {
    Changed next(int limit, @Nullable String cursor);
  }

  private static int changeAll(Change change) {
    int changed = 0;
    String cursor = null;
    for (int calls = 0; calls < MOST_CHANGE_CALLS; calls++) {
      Changed some = change.next(JobLimits.MAX_CHANGED - changed, cursor);
      changed += some.jobs();
      cursor = some.next();
      if (cursor == null || changed == JobLimits.MAX_CHANGED) {
        break;
      }
    }
    return changed;
  }

  /** From now on {@link #submit} refuses: the instance is stopping. */
  public void closeIntake() {
    closed.set(true);
  }

  public boolean intakeClosed() {
    return closed.get();
  }
}
