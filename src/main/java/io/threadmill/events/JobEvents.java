package io.threadmill.events;

import io.threadmill.job.JobId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follows jobs on behalf of this instance's clients. However many follow, one reader asks Redis,
 * and none does while nobody follows. Thread-safe.
 */
public interface JobEvents {

  /**
   * Follows a job from now on. Follow first, then look at the job: nothing is missed in between.
   *
   * @throws io.threadmill.job.TooManyWaiting when too many follow jobs on this instance already
   * @throws io.threadmill.job.StoreUnavailable when Redis is away
   */
  Follower follow(JobId id);

  /** The sequence of the newest event there is. */
  String newest();

  /** The job's events after a sequence that the log still holds. */
  Replay replay(JobId id, String afterSequence);

  /** One who follows a job. For one thread; ends with {@link #close()}. */
  interface Follower extends AutoCloseable {

    /**
     * The next event, or null when none came within the limit. An event of kind {@link
     * JobEvent.Kind#GAP} says that some may have been missed: look at the job again.
     */
    @Nullable JobEvent next(Duration limit) throws InterruptedException;

    /**
     * Lets events gather for a moment, then takes all that have come; for those who look for
     * themselves, once for all of them.
     *
     * @return whether there were any
     */
    boolean gather(Duration moment) throws InterruptedException;

    /** True once this instance stops and no more events will come. */
    boolean over();

    @Override
    void close();
  }

  /**
   * @param gap whether events between the sequence asked for and the first kept one are gone
   */
  record Replay(List<JobEvent> events, boolean gap) {}
}
