package io.threadmill.batch;

import io.threadmill.batch.BatchRepository.Opened;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Page;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.job.Draining;
import io.threadmill.job.JobId;
import io.threadmill.job.JobListener;
import io.threadmill.job.JobRepository;
import io.threadmill.job.JobRepository.ChangeAnswer;
import io.threadmill.job.JobRepository.Filter;
import io.threadmill.job.JobRepository.Idempotency;
import io.threadmill.job.JobRequest;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobSpec;
import io.threadmill.job.JobTypes;
import io.threadmill.job.Jobs;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;

/**
 * All that a client can do with batches. Thread-safe. Every call may throw {@link
 * io.threadmill.job.StoreUnavailable}.
 */
@Service
public class Batches {

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  /** Rows looked at for one page of a list. */
  private static final int WINDOW = 200;

  private final Jobs jobs;
  private final JobTypes types;
  private final BatchRepository repository;
  private final List<JobListener> listeners;

  Batches(Jobs jobs, JobTypes types, BatchRepository repository, List<JobListener> listeners) {
    this.jobs = jobs;
    this.types = types;
    this.repository = repository;
    this.listeners = List.copyOf(listeners);
  }

  /** A batch begun, or one that an earlier call began under the same key. */
  public sealed interface Begun {}

  /** Its items may come. */
  public record Fresh(Intake intake) implements Begun {}

  public record Replayed(JobId id) implements Begun {}

  /**
   * Begins a batch.
   *
   * @param request what its rows have in common, with the params they share
   * @param atomic whether one bad item refuses the whole, and no row runs before the last has come
   * @throws io.threadmill.job.InvalidJob naming every fault of the request
   * @throws io.threadmill.job.BacklogFull when the store holds as much unfinished work as it may
   * @throws io.threadmill.job.IdempotencyConflict when the key was used with another body
   * @throws Draining when this instance is stopping
   */
  public Begun begin(JobRequest request, boolean atomic, @Nullable Idempotency idempotency) {
    if (jobs.intakeClosed()) {
      throw new Draining();
    }
    JobSpec frame = types.frame(request);
    Opened opened = repository.open(frame, atomic, idempotency);
    return opened.replayed()
        ? new Replayed(opened.id())
        : new Fresh(
            new Intake(
                opened.id(), frame, request.params(), atomic, types, repository, this::tell));
  }

  private void tell(Consumer<JobListener> call) {
    for (JobListener listener : listeners) {
      try {
        call.accept(listener);
      } catch (RuntimeException fault) {
        log.warn("a job listener threw", fault);
      }
    }
  }

  public Optional<Batch> find(JobId id) {
    return repository.find(id);
  }

  public Page list(int limit, @Nullable String cursor) {
    return repository.list(limit, cursor);
  }

  public ChangeAnswer cancel(JobId id) {
    return repository.cancel(id);
  }

  public ChangeAnswer retry(JobId id) {
    return repository.retry(id);
  }

  public ChangeAnswer delete(JobId id) {
    return repository.delete(id);
  }

  /**
   * One page of a batch's rows, newest first, as lists of jobs are; it may be short.
   *
   * @param below the row after which the page begins, null for the newest
   */
  public JobRepository.Page newestFirst(
      JobId batch, Filter filter, int limit, @Nullable JobId below) {
    long from =
        below == null
            ? repository.find(batch).map(Batch::total).orElse(0L)
            : jobs.find(below)
                .map(JobSnapshot::batch)
                .filter(member -> member.batch().equals(batch))
                .map(member -> (long) member.index())
                .orElse(0L);
    int most = (int) Math.min(from, Math.min(limit, WINDOW));
    Rows read = repository.rows(batch, Order.SUBMITTED, from - most, most);
    while (read.next() < from && most > 1) { // large rows: fewer of them, that no gap is left
      most = most / 2;
      read = repository.rows(batch, Order.SUBMITTED, from - most, most);
    }
    List<JobSnapshot> found = read.rows().reversed().stream().map(Positioned::job).toList();
    return new JobRepository.Page(
        found.stream().filter(filter::matches).toList(),
        from - most <= 0 || found.isEmpty() ? null : found.getLast().id().value());
  }

  public Rows rows(JobId id, Order order, long from, int most) {
    return repository.rows(id, order, from, most);
  }
}
