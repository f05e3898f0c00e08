package io.threadmill.web.batch;

import io.threadmill.batch.Batch;
import io.threadmill.batch.BatchRepository.Detail;
import io.threadmill.batch.BatchRepository.Order;
import io.threadmill.batch.BatchRepository.Positioned;
import io.threadmill.batch.BatchRepository.Rows;
import io.threadmill.events.Pace;
import io.threadmill.events.SharedLooks.Look;
import io.threadmill.job.JobId;
import io.threadmill.job.JobSnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the ended rows of a batch one after the other, in the order they ended (as-completed) or
 * came (map), from where a reader was. What is in memory is one page without its large results,
 * each of which is read by itself. Every call answers 404 once the batch is gone. Immutable.
 */
final class RowReader {

  /** Rows asked for at once; fewer come where they are large. */
  private static final int PAGE = 200;

  private final BatchLooks looks;
  private final JobId batch;
  private final Cursor at;
  private final Detail detail;

  RowReader(BatchLooks looks, JobId batch, Cursor from, Detail detail) {
    this.looks = looks;
    this.batch = batch;
    this.at = from;
    this.detail = detail;
  }

  /** Where the next row is read. */
  Cursor cursor() {
    return at;
  }

  RowReader from(Cursor next) {
    return new RowReader(looks, batch, next, detail);
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

  /**
   * Rows that have ended, none when there are none yet.
   *
   * @param next where the reader goes on
   * @param caughtUp whether there was no more to read
   * @param over whether no more will come
   * @param batch the batch then
   * @param begun when the look began of which this is
   */
  record Page(
      List<Row> rows, Cursor next, boolean caughtUp, boolean over, Batch batch, long begun) {}

  /**
   * The next rows that have ended, at most so many.
   *
   * @param age how long ago the look may have begun that shows them
   */
  Page next(int most, Duration age) throws InterruptedException {
    Look<Batch> look = looks.batch(batch, age);
    Batch now = look.value();
    boolean completed = at.order() == Order.COMPLETED;
    long end = completed ? now.logged() : now.total();
    if (at.position() >= end) {
      return new Page(List.of(), at, true, now.state().ended(), now, look.begun());
    }
    int count = (int) Math.min(Math.min(most, PAGE), end - at.position());
    // The log of ends only grows: who comes to the same part of it later sees the same.
    boolean stays = completed && !age.isZero();
    Look<Rows> read = rows(count, stays ? Pace.LOOK_AGAIN : age);
    long begun = stays ? look.begun() : Math.min(look.begun(), read.begun());
    var rows = new ArrayList<Row>();
    for (Positioned row : read.value().rows()) {
      if (!row.job().state().finished()) { // of the order of submission: it holds up those after it
        return new Page(rows, at.to(row.position()), true, false, now, begun);
      }
      rows.add(new Row(row.job(), at.to(row.position()), at.to(row.position() + 1)));
    }
    long next = read.value().next();
    boolean caughtUp = next >= end || next == at.position();
    return new Page(rows, at.to(next), caughtUp, next >= end && now.state().ended(), now, begun);
  }

  private Look<Rows> rows(int most, Duration age) throws InterruptedException {
    return looks.rows(new BatchLooks.Place(batch, at.order(), at.position(), most, detail), age);
  }

  /**
   * The row with its result. Where that has gone since the row was read, the row runs again, and is
   * read anew in its turn: empty. A result that is lost alone leaves the row as it is.
   */
  Optional<JobSnapshot> whole(Row row) throws InterruptedException {
    Optional<JobSnapshot> whole = looks.filled(row.job());
    if (whole.isPresent()) {
      return whole;
    }
    return from(row.at()).rows(1, Duration.ZERO).value().rows().stream()
        .map(Positioned::job)
        .filter(now -> now.state().finished() && now.run() == row.job().run())
        .findFirst();
  }
}
