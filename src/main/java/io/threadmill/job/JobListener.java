package io.threadmill.job;

import java.time.Duration;
import java.util.List;

/**
 * Hears what happens to jobs on this instance. Meters, logs and tests listen. Callbacks come from
 * worker threads, outside of locks; they must be fast. One that throws is logged and goes on being
 * called.
 */
public interface JobListener {

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

  /** A sweep of this instance found jobs of dead instances and queued or ended them. */
  default void recovered(int jobs) {}

  /** An attempt ignored that it was to stop; its thread is given up. */
  default void threadLost(String pool, TakenJob job) {}
}
