package io.threadmill.web.job;

import io.threadmill.job.JobLifecycle;
import io.threadmill.job.JobLifecycle.Event;
import io.threadmill.job.JobSnapshot;
import io.threadmill.job.JobState;
import java.util.List;
import java.util.Optional;

/**
 * Where a row of a batch stands in its life. As the id of an event it tells what its client knows
 * already: a row has no entries in the event log to go on from.
 */
record RowMark(int run, int attempt, JobState state) {

  /** The states by their digit in an id. */
  private static final List<JobState> DIGITS =
      List.of(
          JobState.RUNNING,
          JobState.SCHEDULED,
          JobState.QUEUED,
          JobState.SUCCEEDED,
          JobState.FAILED,
          JobState.CANCELLED);

  static RowMark of(JobSnapshot row) {
    return new RowMark(row.run(), row.attempt(), row.state());
  }

  /** Reads an id of the form of the log's sequences; empty where it is no row's. */
  static Optional<RowMark> parse(String id) {
    int dash = id.indexOf('-');
    long run = Long.parseLong(id.substring(0, dash));
    long rest = Long.parseLong(id.substring(dash + 1));
    int digit = (int) (rest % 10);
    return run > Integer.MAX_VALUE || rest / 10 > Integer.MAX_VALUE || digit >= DIGITS.size()
        ? Optional.empty()
        : Optional.of(new RowMark((int) run, (int) (rest / 10), DIGITS.get(digit)));
  }

  /** Whether this comes next after the other, so that no state in between was missed. */
  boolean follows(RowMark other) {
    for (Event event : Event.values()) {
      boolean leads = JobLifecycle.after(other.state, event).filter(state::equals).isPresent();
      if (leads
          && run == other.run + (event == Event.REQUEUED ? 1 : 0)
          && attempt == other.attempt + (event == Event.TAKEN ? 1 : 0)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return run + "-" + (attempt * 10L + DIGITS.indexOf(state));
  }
}
