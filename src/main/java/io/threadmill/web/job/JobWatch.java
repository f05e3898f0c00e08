package io.threadmill.web.job;

import io.threadmill.events.JobEvents;
import io.threadmill.events.Pace;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.Jobs;
import io.threadmill.job.Ticker;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/** Waits for a job on behalf of a caller, holding its (virtual) thread. Thread-safe. */
@Component
final class JobWatch {

  /** Looks again after this even where no event came, should one have been lost. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  /**
   * A POST answers within two seconds, whatever Redis does: this leaves some for the rest of it.
   */
  private static final Duration CALL = Duration.ofMillis(1750);

  private static final Duration LEAST = Duration.ofMillis(100);

  private final Jobs jobs;
  private final JobEvents events;
  private final Ticker ticker;

  JobWatch(Jobs jobs, JobEvents events, Ticker ticker) {
    this.jobs = jobs;
    this.events = events;
    this.ticker = ticker;
  }

  /** The job as it is now. */
  JobSnapshot look(JobId id) {
    return jobs.find(id).orElseThrow(JobWatch::notFound);
  }

  /** The job as it is now, if it is still there. */
  Optional<JobSnapshot> find(JobId id) {
    return jobs.find(id);
  }

  /** The job as it is now, for a call that began at an instant of the ticker and is to end soon. */
  JobSnapshot look(JobId id, long begun) {
    Duration left = CALL.minusNanos(ticker.nanos() - begun);
    return jobs.find(id, left.compareTo(LEAST) < 0 ? LEAST : left).orElseThrow(JobWatch::notFound);
  }

  /** How one who follows a batch looks at its row. */
  Pace pace(JobEvents.Follower rows) {
    return new Pace(rows, ticker);
  }

  /** The ticker's instant, for {@link #look(JobId, long)} and {@link #pace}. */
  long begin() {
    return ticker.nanos();
  }

  static ProblemException notFound() {
    return new ProblemException(Problem.JOB_NOT_FOUND, "There is no job with this id.");
  }

  /** The job once it is as wished, or as it is when the limit has passed. */
  JobSnapshot await(JobId id, Duration limit, Predicate<JobSnapshot> wish) {
    long end = ticker.nanos() + limit.toNanos();
    try (JobEvents.Follower follower = events.follow(id)) {
      JobSnapshot job = look(id);
      return job.batch() == null ? await(follower, job, end, wish) : awaitRow(job, end, wish);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return look(id);
    }
  }

  /** A row of a batch has no events of its own; its batch tells that rows have moved. */
  private JobSnapshot awaitRow(JobSnapshot row, long end, Predicate<JobSnapshot> wish)
      throws InterruptedException {
    if (row.batch() == null || wish.test(row)) {
      return row;
    }
    try (JobEvents.Follower follower = events.follow(row.batch().batch())) {
      Pace pace = pace(follower);
      long begun = begin();
      JobSnapshot job = look(row.id());
      while (!wish.test(job) && !pace.over()) {
        Duration left = Duration.ofNanos(end - ticker.nanos());
        if (!left.isPositive()) {
          break;
        }
        pace.rest(begun, left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        begun = begin();
        job = look(row.id());
      }
      return job;
    }
  }

  private JobSnapshot await(
      JobEvents.Follower follower, JobSnapshot first, long end, Predicate<JobSnapshot> wish)
      throws InterruptedException {
    JobSnapshot job = first;
    while (!wish.test(job) && !follower.over()) {
      Duration left = Duration.ofNanos(end - ticker.nanos());
      if (!left.isPositive()) {
        break;
      }
      var _ = follower.next(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
      job = look(job.id());
    }
    return job;
  }
}
