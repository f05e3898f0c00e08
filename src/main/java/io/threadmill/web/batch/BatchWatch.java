package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.Batches;
import io.threadmill.events.JobEvents;
import io.threadmill.job.JobId;
import io.threadmill.job.Ticker;
import io.threadmill.web.Problem;
import io.threadmill.web.ProblemException;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Waits for a batch on behalf of a caller, holding its (virtual) thread. Thread-safe. */
@Component
final class BatchWatch {

  /** Looks again after this even where no event came, should one have been lost. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final Batches batches;
  private final JobEvents events;
  private final Ticker ticker;

  BatchWatch(Batches batches, JobEvents events, Ticker ticker) {
    this.batches = batches;
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
      Batch batch = look(id);
      while (!batch.state().ended() && !follower.over()) {
        Duration left = Duration.ofNanos(end - ticker.nanos());
        if (!left.isPositive()) {
          break;
        }
        var _ = follower.next(left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN);
        batch = look(id);
      }
      return batch;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return look(id);
    }
  }
}
