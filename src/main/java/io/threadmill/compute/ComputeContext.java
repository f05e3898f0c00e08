package io.threadmill.compute;

import java.time.Duration;

/**
 * What a running function may ask and tell. It has no clock and no chance in it: a function's
 * result depends on its input alone, so that equal work has an equal result everywhere.
 */
public interface ComputeContext {

  /** Tells how far the work is. Cheap; written to the store at most twice a second. */
  void progress(long done, long total);

  /**
   * Ends the computation once the job is cancelled, its time is over or the service stops. Takes
   * about 100 ns: to be called after every few milliseconds of work, or more often.
   *
   * @throws InterruptedException when it is to stop; a function lets it pass
   */
  void check() throws InterruptedException;

  /** What is left of this attempt's time; zero or less when it is over. */
  Duration remaining();
}
