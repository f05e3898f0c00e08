package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.batch.Batches;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the ended rows of a batch one after the other, in the order they ended (as-completed) or
 * came (map), from where a reader was. What is in memory is one page without its large results,
 * each of which is read by itself. Every call answers 404 once the batch is gone. Not thread-safe.
 */
final class RowReader {

  /** Rows asked for at once; fewer come where they are large. */
  private static final int PAGE = 200;

  private final Batches batches;
  private final JobId batch;
  private final Cursor at;
  private final Detail detail;

  RowReader(Batches batches, JobId batch, Cursor from, Detail detail) {
    this.batches = batches;
    this.batch = batch;
    this.at = from;
    this.detail = detail;
  }

  /** Where the next row is read. */
  Cursor cursor() {
    return at;
  }

  /**
   * A row that has ended; a large result is not in it yet.
   *
   * @param at where it stands
   * @param after where one goes on after it
   */
  record Row(JobSnapshot job, Cursor at, Cursor after) {

    /** About how large it is as text. */
    long size() {
      return job.params().length() + (job.result() == null ? 0 : job.result().bytes());
    }
  }

  /** The next rows that have ended, at most so many; none when there are none yet. */
  Page next(int most) {
    Rows read = rows(at.position(), Math.min(most, PAGE));
    var rows = new ArrayList<Row>();
    for (Positioned row : read.rows()) {
      if (!row.job().state().finished()) { // of the order of submission: it holds up those after it
        return new Page(rows, at.to(row.position()));
      }
      rows.add(new Row(row.job(), at.to(row.position()), at.to(row.position() + 1)));
    }
    return new Page(rows, at.to(read.next()));
  }

  private Rows rows(long from, int most) {
    return batches.rows(batch, at.order(), from, most, detail).orElseThrow(BatchWatch::notFound);
  }

  /**
   * The row with its result. Where that has gone since the row was read, the row runs again, and is
   * read anew in its turn: empty. A result that is lost alone leaves the row as it is.
   */
  Optional<JobSnapshot> whole(Row row) {
    Optional<JobSnapshot> whole = batches.filled(row.job());
    if (whole.isPresent()) {
      return whole;
    }
    return rows(row.at().position(), 1).rows().stream()
        .map(Positioned::job)
        .filter(now -> now.state().finished() && now.run() == row.job().run())
        .findFirst();
  }

  /**
   * @param next where the reader goes on
   */
  record Page(List<Row> rows, Cursor next) {}

  RowReader from(Cursor next) {
    return new RowReader(batches, batch, next, detail);
  }

  /** Whether no row will come after this position any more. */
  boolean isOver() {
    Batch now = batches.find(batch).orElseThrow(BatchWatch::notFound);
    return now.state().ended()
        && at.position() >= (at.order() == Order.COMPLETED ? now.logged() : now.total());
  }
}
