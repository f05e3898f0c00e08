package io.threadmill.pool;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Ends the process when its orderly stop does not: every step of the stop is bounded, yet a class
 * that can no longer be loaded, because the jar was replaced underneath, can keep one from telling
 * that it is done. All it needs is loaded at the start. Thread-safe.
 */
final class LastResort implements AutoCloseable {

  /** As a shell tells an end by SIGTERM. */
  private static final int CODE = 143;

  private final Thread hook;

  private LastResort(Duration limit, IntConsumer halt) {
    Thread countdown =
        Thread.ofPlatform().daemon().name("last-resort").unstarted(() -> count(limit, halt));
    hook = Thread.ofPlatform().name("last-resort-hook").unstarted(countdown::start);
  }

  /** From now on the process ends so long after it was told to, whatever happens. */
  static LastResort arm(Duration limit) {
    var resort = new LastResort(limit, Runtime.getRuntime()::halt);
    Runtime.getRuntime().addShutdownHook(resort.hook);
    return resort;
  }

  private static void count(Duration limit, IntConsumer halt) {
    try {
      boolean _ = new CountDownLatch(1).await(limit.toMillis(), TimeUnit.MILLISECONDS);
      halt.accept(CODE);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The service is stopped and the process goes on, as in tests. */
  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending: the countdown runs, and ends with it.
    }
  }
}
