package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.Batches;
import io.threadmill.events.JobEvents;
import io.threadmill.events.Pace;
import io.threadmill.events.SharedLooks.Look;
import io.threadmill.job.JobId;
import io.threadmill.job.Ticker;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Waits for a batch on behalf of a caller, holding its (virtual) thread. Thread-safe. */
@Component
final class BatchWatch {

  private final Batches batches;
  private final BatchLooks looks;
  private final JobEvents events;
  private final Ticker ticker;

  BatchWatch(Batches batches, BatchLooks looks, JobEvents events, Ticker ticker) {
    this.batches = batches;
    this.looks = looks;
    this.events = events;
    this.ticker = ticker;
  }

  static JobId id(String text) {
    if (!JobId.isWellFormed(text)) {
      throw notFound();
    }
    return new JobId(text);
  }

  static ProblemException notFound() {
    return new ProblemException(Problem.BATCH_NOT_FOUND, "There is no batch with this id.");
  }

  Batch look(JobId id) {
    return batches.find(id).orElseThrow(BatchWatch::notFound);
  }

  /** The batch once it has ended, or as it is when the limit has passed. */
  Batch awaitEnd(JobId id, Duration limit) {
    long end = ticker.nanos() + limit.toNanos();
    try (JobEvents.Follower follower = events.follow(id)) {
      var pace = new Pace(follower, ticker);
      Look<Batch> last = looks.batch(id, Duration.ZERO);
      while (!last.value().state().ended() && !pace.over()) {
        Duration left = Duration.ofNanos(end - ticker.nanos());
        if (!left.isPositive()) {
          break;
        }
        pace.rest(last.begun(), left.compareTo(Pace.LOOK_AGAIN) < 0 ? left : Pace.LOOK_AGAIN);
        last = looks.batch(id, pace.age());
      }
      return last.value();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return look(id);
    }
  }
}
