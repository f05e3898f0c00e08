package io.threadmill.pool;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A platform daemon thread that takes one step after another until it is stopped. A step that
 * throws is reported and the loop goes on after a pause. {@link #start} and {@link #stop} may each
 * be called twice, and stop before start. Thread-safe.
 */
final class Loop {

  private static final Logger log = LoggerFactory.getLogger(Loop.class);

  /** After a step that failed, so that a lasting fault does not spin. */
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** One round of the work; answers how long to wait before the next, unless woken. */
  interface Step {
    Duration run() throws InterruptedException;
  }

  private final String name;
  private final Step step;
  private final Semaphore woken = new Semaphore(0);
  private final AtomicBoolean failing = new AtomicBoolean();
  private volatile boolean stopping;
  private @Nullable Thread thread; // guarded by this

  Loop(String name, Step step) {
    this.name = name;
    this.step = step;
  }

  synchronized void start() {
    if (thread == null && !stopping) {
      thread = Thread.ofPlatform().daemon().name(name).start(this::run);
    }
  }

  /** The next round begins at once. */
  void wake() {
    woken.release();
  }

  boolean stopping() {
    return stopping;
  }

  /** Interrupts the step under way and waits for the thread's end, at most so long. */
  void stop(Duration limit) {
    Thread running;
    synchronized (this) {
      stopping = true;
      running = thread;
    }
    if (running == null || running == Thread.currentThread()) {
      return;
    }
    running.interrupt();
    try {
      if (!running.join(limit)) {
        log.warn("{} did not stop within {} ms", name, limit.toMillis());
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopping) {
      try {
        Duration wait = round();
        if (!wait.isZero()) {
          boolean _ = woken.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
          woken.drainPermits();
        }
      } catch (InterruptedException _) {
        if (stopping) {
          return;
        }
      }
    }
  }

  @SuppressWarnings("CatchingUnchecked") // the top of a loop: reported, and the loop goes on
  private Duration round() throws InterruptedException {
    try {
      Duration wait = step.run();
      if (failing.compareAndSet(true, false)) {
        log.info("{} goes on", name);
      }
      return wait;
    } catch (InterruptedException interrupted) {
      throw interrupted;
    } catch (Exception | Error fault) {
      if (!stopping && failing.compareAndSet(false, true)) {
        log.warn("{} failed and is tried again: {}", name, fault.toString());
      }
      return PAUSE;
    }
  }
}
