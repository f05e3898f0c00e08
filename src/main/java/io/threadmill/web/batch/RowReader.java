package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.batch.Batches;
import io.threadmill.job.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the ended rows of a batch one after the other, in the order they ended (as-completed) or
 * came (map), from where a reader was. What is in memory is one page. Not thread-safe.
 */
final class RowReader {

  /** Rows asked for at once; fewer come where they are large. */
  private static final int PAGE = 200;

  private final Batches batches;
  private final JobId batch;
  private final Cursor at;

  RowReader(Batches batches, JobId batch, Cursor from) {
    this.batches = batches;
    this.batch = batch;
    this.at = from;
  }

  /** Where the next row is read. */
  Cursor cursor() {
    return at;
  }

  /** A row and where one goes on after it. */
  record Row(Positioned row, Cursor after) {}

  /** The next rows that have ended, at most so many; none when there are none yet. */
  Page next(int most) {
    Rows read = batches.rows(batch, at.order(), at.position(), Math.min(most, PAGE));
    var rows = new ArrayList<Row>();
    for (Positioned row : read.rows()) {
      if (!row.job().state().finished()) { // of the order of submission: it holds up those after it
        return new Page(rows, at.to(row.position()));
      }
      rows.add(new Row(row, at.to(row.position() + 1)));
    }
    return new Page(rows, at.to(read.next()));
  }

  /**
   * @param next where the reader goes on
   */
  record Page(List<Row> rows, Cursor next) {}

  RowReader from(Cursor next) {
    return new RowReader(batches, batch, next);
  }

  /** Whether no row will come after this position any more; so too when the batch is gone. */
  boolean isOver() {
    Optional<Batch> now = batches.find(batch);
    return now.map(b ->
            b.state().ended()
                && at.position() >= (at.order() == Order.COMPLETED ? b.logged() : b.total()))
        .orElse(true);
  }
}
