package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.batch.Batches;
import io.threadmill.events.SharedLooks;
import io.threadmill.events.SharedLooks.Look;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Looks at batches and their rows on behalf of this instance's clients, who share what they see: as
 * many as follow one batch from the same place cost Redis what one costs. Each look at a batch that
 * is gone answers 404. Thread-safe.
 */
@Component
final class BatchLooks {

  private static final int MOST_BATCHES = 256;

  /** Pages kept, of at most about half a MiB each. */
  private static final int MOST_PAGES = 16;

  private final Batches batches;
  private final SharedLooks<JobId, Optional<Batch>> looks;
  private final SharedLooks<Place, Optional<Rows>> pages;

  BatchLooks(Batches batches, Ticker ticker) {
    this.batches = batches;
    this.looks = new SharedLooks<>(MOST_BATCHES, ticker, batches::find);
    this.pages =
        new SharedLooks<>(
            MOST_PAGES,
            ticker,
            place ->
                batches.rows(
                    place.batch(), place.order(), place.from(), place.most(), place.detail()));
  }

  /** Rows that one may ask for. */
  record Place(JobId batch, Order order, long from, int most, Detail detail) {}

  /** The batch as it was at most so long ago. */
  Look<Batch> batch(JobId id, Duration age) throws InterruptedException {
    Look<Optional<Batch>> look = looks.look(id, age);
    return new Look<>(look.value().orElseThrow(BatchWatch::notFound), look.begun());
  }

  /** The rows as they were at most so long ago. */
  Look<Rows> rows(Place place, Duration age) throws InterruptedException {
    Look<Optional<Rows>> look = pages.look(place, age);
    return new Look<>(look.value().orElseThrow(BatchWatch::notFound), look.begun());
  }

  /** A row with its result loaded; empty where that is gone. Not shared: it may be large. */
  Optional<JobSnapshot> filled(JobSnapshot row) {
    return batches.filled(row);
  }
}
