package io.threadmill.batch;

import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Opened;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Page;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.job.Draining;
import io.threadmill.job.JobId;
import io.threadmill.job.JobLimits;
import io.threadmill.job.JobListeners;
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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * All that a client can do with batches. Thread-safe. Every call may throw {@link
 * io.threadmill.job.StoreUnavailable}.
 */
@Service
public class Batches {

  /** Rows looked at for one page of a list. */
  private static final int WINDOW = 200;

  private final Jobs jobs;
  private final JobTypes types;
  private final BatchRepository repository;
  private final JobListeners listeners;
  private final IntakeTimer timer;

  Batches(
      Jobs jobs,
      JobTypes types,
      BatchRepository repository,
      JobListeners listeners,
      IntakeTimer timer) {
    this.jobs = jobs;
    this.types = types;
    this.repository = repository;
    this.listeners = listeners;
    this.timer = timer;
  }

  /** A batch begun, or one that an earlier call began under the same key. */
  public sealed interface Begun {}

  /** Its items may come; the intake is to be closed. */
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
    if (opened.replayed()) {
      return new Replayed(opened.id());
    }
    var intake =
        new Intake(
            opened.id(),
            frame,
            request.params(),
            atomic,
            types,
            repository,
            listeners,
            timer,
            JobLimits.MAX_ROWS);
    timer.add(intake);
    return new Fresh(intake);
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
    Rows read = heads(batch, from - most, most);
    while (read.next() < from && most > 1) { // large rows: fewer of them, that no gap is left
      most = most / 2;
      read = heads(batch, from - most, most);
    }
    List<JobSnapshot> found = read.rows().reversed().stream().map(Positioned::job).toList();
    return new JobRepository.Page(
        found.stream().filter(filter::matches).toList(),
        from - most <= 0 || found.isEmpty() ? null : found.getLast().id().value());
  }

  private Rows heads(JobId batch, long from, int most) {
    return repository
        .rows(batch, Order.SUBMITTED, from, most, Detail.HEAD)
        .orElse(new Rows(List.of(), from + most));
  }

  /** Rows of a batch from a position on; empty where there is no such batch. */
  public Optional<Rows> rows(JobId id, Order order, long from, int most, Detail detail) {
    return repository.rows(id, order, from, most, detail);
  }

  /** A row with its result loaded; empty where that is gone. */
  public Optional<JobSnapshot> filled(JobSnapshot row) {
    return repository.filled(row);
  }
}
