package io.threadmill.job;

import io.threadmill.job.JobRepository.CancelAnswer;
import io.threadmill.job.JobRepository.ChangeAnswer;
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
import java.util.function.Function;
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

  /** A page of ids at a time while changing many. */
  private static final int CHANGE_PAGE = 500;

  /** Pages looked at by one change of many, so that a filter that matches little ends too. */
  private static final int CHANGE_PAGES = 200;

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

  /** Cancels what matches; answers how many were cancelled or asked to stop. */
  public int cancelAll(Filter filter) {
    return changeAll(
        filter,
        job -> !job.state().finished(),
        id -> {
          CancelAnswer answer = repository.cancel(id);
          return answer == CancelAnswer.CANCELLED || answer == CancelAnswer.REQUESTED;
        });
  }

  /** Queues again what matches and had failed or was cancelled; answers how many. */
  public int retryAll(Filter filter) {
    return changeAll(
        filter,
        job -> job.state() == JobState.FAILED || job.state() == JobState.CANCELLED,
        id -> repository.retry(id) == ChangeAnswer.CHANGED);
  }

  private int changeAll(
      Filter filter,
      java.util.function.Predicate<JobSnapshot> eligible,
      Function<JobId, Boolean> change) {
    int changed = 0;
    String cursor = null;
    int pages = 0;
    do {
      Page page = repository.list(filter, CHANGE_PAGE, cursor);
      for (JobSnapshot job : page.jobs()) {
        if (eligible.test(job) && change.apply(job.id())) {
          changed++;
          if (changed == JobLimits.MAX_CHANGED) {
            return changed;
          }
        }
      }
      cursor = page.next();
    } while (cursor != null && ++pages < CHANGE_PAGES);
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
