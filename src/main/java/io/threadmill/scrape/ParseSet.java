package io.threadmill.scrape;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The few platform threads that parse, one a core: on virtual threads a handful of busy pages would
 * starve all others. A page that will not stop parsing costs its thread, which is given up, counted
 * and replaced. Thread-safe.
 */
final class ParseSet implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ParseSet.class);

  /** Threads given up before parsing is refused: more would only eat the machine. */
  private static final int MOST_LOST = 8;

  private final int size = Runtime.getRuntime().availableProcessors();
  private final Semaphore slots = new Semaphore(size);
  private final AtomicInteger lost = new AtomicInteger();
  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          size + MOST_LOST,
          60,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("parse-", 1).factory());

  /** The work did not end within its time. */
  static final class TooSlow extends Exception {}

  /**
   * Runs work on one of the threads, waiting for a free one first.
   *
   * @throws TooSlow when it did not end within the limit
   * @throws ExecutionException holding what the work threw
   */
  <T> T run(Callable<T> work, Duration limit)
      throws InterruptedException, ExecutionException, TooSlow {
    long end = System.nanoTime() + limit.toNanos();
    if (lost.get() >= MOST_LOST || !slots.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new TooSlow();
    }
    var given = new AtomicInteger(); // 0 at work, 1 ended, 2 given up
    Future<T> future =
        threads.submit(() -> {
          try {
            return work.call();
          } finally {
            if (given.compareAndSet(0, 1)) {
              slots.release();
            } else {
              lost.decrementAndGet();
            }
          }
        });
    try {
      return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException late) {
      giveUp(future, given);
      throw new TooSlow();
    } catch (InterruptedException interrupted) {
      giveUp(future, given);
      throw interrupted;
    }
  }

  private void giveUp(Future<?> future, AtomicInteger given) {
    future.cancel(true);
    if (given.compareAndSet(0, 2)) {
      slots.release();
      log.warn(
          "a page did not stop parsing; its thread is given up ({} in all)",
          lost.incrementAndGet());
    }
  }

  /** Threads given up that have not ended since. */
  int lost() {
    return lost.get();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
