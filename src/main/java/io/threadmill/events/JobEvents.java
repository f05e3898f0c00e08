package io.threadmill.events;

import io.threadmill.job.JobId;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Follows jobs on behalf of this instance's clients. However many listen, one reader asks Redis.
 * Thread-safe.
 */
public interface JobEvents {

  /** The sequence below which a new subscription sees nothing. */
  String newest();

  /**
   * Calls {@code listener} for every later event of the job, on the reader's thread: it must be
   * quick and must not throw.
   *
   * @throws io.threadmill.job.TooManyWaiting when too many follow jobs on this instance already
   */
  Subscription follow(JobId id, Consumer<JobEvent> listener);

  /**
   * The job's events after a sequence that the log still holds.
   *
   * @return the events, and whether older ones may be missing
   */
  Replay replay(JobId id, String afterSequence);

  /**
   * Waits until the job's state or progress changed, or the limit passed; a hint to look again.
   * Callers subscribe by this before they look, so that nothing is missed in between.
   */
  Waiter waiter(JobId id);

  /** Ends with {@link #close()}; twice does no harm. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }

  /** Counts changes from its creation on. */
  interface Waiter extends AutoCloseable {
    /** True when something changed since creation or the last true answer; false at the limit. */
    boolean awaitChange(Duration limit) throws InterruptedException;

    @Override
    void close();
  }

  /**
   * @param gap whether entries between {@code afterSequence} and the first kept one are gone
   */
  record Replay(List<JobEvent> events, boolean gap) {}
}
