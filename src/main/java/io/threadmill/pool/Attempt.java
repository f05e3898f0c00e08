package io.threadmill.pool;

import io.threadmill.job.JobSnapshot.Progress;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of a job on this instance, from its take to its recording. One lock guards all of its
 * mutable state, so that an interrupt never hits the thread's next job. Thread-safe.
 */
final class Attempt {

  /** Why a running attempt is told to stop; the first reason given stays. */
  enum Stop {
    CANCELLED,
    TIMED_OUT,
    DRAINED,
    LEASE_LOST
  }

  private final TakenJob job;
  private final ManagedPool pool;
  private final Ticker ticker;
  private final long begin;
  private final long deadline;

  // guarded by this
  private @Nullable Thread thread;
  private @Nullable Stop stop;
  private long stoppedAt;
  private boolean leaseLost;
  private boolean over;
  private boolean abandoned;
  private @Nullable Progress progress;
  private boolean progressTold = true;

  Attempt(TakenJob job, ManagedPool pool, Ticker ticker) {
    this.job = job;
    this.pool = pool;
    this.ticker = ticker;
    this.begin = ticker.nanos();
    this.deadline = begin + job.timeout().toNanos();
  }

  TakenJob job() {
    return job;
  }

  ManagedPool pool() {
    return pool;
  }

  long begin() {
    return begin;
  }

  /** Nanoseconds left at an instant of the same ticker. */
  long left(long nowNanos) {
    return deadline - nowNanos;
  }

  /** The thread takes the job up; false when it was told to stop before it began. */
  synchronized boolean enter() {
    if (stop != null || over) {
      return false;
    }
    thread = Thread.currentThread();
    return true;
  }

  /**
   * The thread is done with the job; from here no interrupt is sent. False when the attempt was
   * given up before: its ending is already decided.
   */
  synchronized boolean leave() {
    thread = null;
    boolean first = !over;
    over = true;
    return first;
  }

  /** Tells the attempt to stop, by an interrupt where it runs. */
  synchronized void stop(Stop reason) {
    if (over) {
      return;
    }
    if (stop == null) {
      stop = reason;
      stoppedAt = ticker.nanos();
    }
    if (thread != null) {
      thread.interrupt();
    }
  }

  /**
   * Its lease has passed to another attempt: nothing it does counts. True when it was not known.
   */
  synchronized boolean loseLease() {
    boolean news = !leaseLost && !over;
    leaseLost = true;
    stop(Stop.LEASE_LOST);
    return news;
  }

  /** Whether it was told to stop at least so long ago and is still at work. */
  synchronized boolean ignoresStop(Duration patience) {
    return stop != null && !over && ticker.nanos() - stoppedAt >= patience.toNanos();
  }

  /** Gives up a thread that does not stop; false when it has ended by now. */
  synchronized boolean abandon() {
    if (over || thread == null) {
      return false;
    }
    over = true;
    abandoned = true;
    return true;
  }

  synchronized boolean abandoned() {
    return abandoned;
  }

  synchronized @Nullable Stop stopped() {
    return stop;
  }

  synchronized @Nullable Thread thread() {
    return thread;
  }

  synchronized void progress(Progress made) {
    progress = made;
    progressTold = false;
  }

  /** The progress made since it was last asked for, if any. */
  synchronized @Nullable Progress untoldProgress() {
    if (progressTold || over) {
      return null;
    }
    progressTold = true;
    return progress;
  }

  synchronized @Nullable Progress lastProgress() {
    return progress;
  }
}
