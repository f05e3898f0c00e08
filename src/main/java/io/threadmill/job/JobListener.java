package io.threadmill.job;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Hears what happens to jobs on this instance. Meters, logs and tests listen. Callbacks come from
 * worker threads, outside of locks; they must be fast. One that throws is logged and goes on being
 * called.
 */
public interface JobListener {

  /** What every instance does regularly, whatever jobs there are. */
  enum Duty {
    /** What is due is queued. */
    PROMOTE,
    /** Attempts are told that they are cancelled. */
    CANCEL,
    /** How far attempts are is told. */
    PROGRESS,
    /** Dead instances' jobs are taken over. */
    SWEEP,
    /** What has expired is deleted. */
    EXPIRE;

    public String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Jobs were written and will be run. */
  default void enqueued(List<JobSpec> specs) {}

  /** A submission was refused; {@code reason} is the refusal's simple class name. */
  default void refused(String reason) {}

  /** An attempt starts here, {@code waited} after the job was due. */
  default void started(TakenJob job, Duration waited) {}

  /**
   * An attempt ended here and its ending was recorded.
   *
   * @param ran how long this attempt took
   * @param total from creation to now
   */
  default void recorded(TakenJob job, Ending ending, Duration ran, Duration total) {}

  /** A beat told that an attempt here has lost its lease; it is told to stop. */
  default void leaseLost(TakenJob job) {}

  /** The store refused an ending: the lease had passed to another attempt. */
  default void fenced(TakenJob job) {}

  /** The store refused an ending by itself, not for its lease; it is kept and offered again. */
  default void postponed(TakenJob job) {}

  /** A sweep of this instance found jobs of dead instances and queued or ended them. */
  default void recovered(int jobs) {}

  /** A round of one of the regular duties failed; it is tried again. */
  default void housekeepingFailed(Duty duty) {}

  /** An attempt ignored that it was to stop; its thread is given up. */
  default void threadLost(String pool, TakenJob job) {}
}
