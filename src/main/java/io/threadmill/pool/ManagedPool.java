package io.threadmill.pool;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * One bulkhead: an executor with core = max = size, and a permit for each job it may run at once. A
 * job's thread that is given up keeps its place in the executor, which therefore grows by one; its
 * permit serves the next job. Thread-safe.
 */
final class ManagedPool {

  private final String name;
  private final int min;
  private final int max;
  private final int size;
  private final ThreadPoolTaskExecutor executor;
  private final Semaphore permits;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();
  private final Goodput goodput;
  private int replaced; // guarded by this: lost threads that others stand in for
  private int withheld; // guarded by this: lost threads that the pool is smaller by
  private int keptBack; // guarded by this: permits of those that were not given back

  ManagedPool(
      String name, int min, int max, int size, ThreadPoolTaskExecutor executor, Goodput goodput) {
    this.name = name;
    this.min = min;
    this.max = max;
    this.size = size;
    this.executor = executor;
    this.goodput = goodput;
    permits = new Semaphore(size);
  }

  String name() {
    return name;
  }

  /** Jobs it runs at once. */
  int size() {
    return size;
  }

  /**
   * Reserves free slots, where there are fewer than wanted once there are as many or the limit has
   * passed; answers how many.
   */
  int reserve(int wanted, int most, Duration limit) throws InterruptedException {
    boolean enough = permits.tryAcquire(wanted, limit.toNanos(), TimeUnit.NANOSECONDS);
    int reserved = enough ? wanted : 0;
    return reserved + reserveFree(most - reserved);
  }

  private int reserveFree(int most) {
    int reserved = 0;
    while (reserved < most && permits.tryAcquire()) {
      reserved++;
    }
    return reserved;
  }

  synchronized void release(int slots) {
    int kept = Math.min(slots, withheld - keptBack);
    keptBack += kept;
    permits.release(slots - kept);
  }

  /** Runs a job in a reserved slot; the slot is given back by {@link #release}. */
  void execute(Runnable job) {
    executor.execute(() -> {
      active.incrementAndGet();
      try {
        job.run();
      } finally {
        active.decrementAndGet();
      }
    });
  }

  void succeeded() {
    goodput.count();
  }

  /**
   * A thread will not come back for now. The executor gets another in its place, up to a quarter of
   * the pool's maximum; beyond, the pool shrinks by it instead, since more threads would only hide
   * the trouble.
   */
  synchronized void loseThread() {
    lost.incrementAndGet();
    if (replaced < Math.max(1, max / 4)) {
      replaced++;
      executor.setMaxPoolSize(size + replaced);
      executor.setCorePoolSize(size + replaced);
    } else {
      withheld++;
    }
  }

  /** A thread given up before ended after all. */
  synchronized void regainThread() {
    lost.decrementAndGet();
    if (withheld > 0) {
      withheld--;
      if (keptBack > withheld) {
        keptBack--;
        permits.release();
      }
    } else {
      replaced--;
      executor.setCorePoolSize(size + replaced);
      executor.setMaxPoolSize(size + replaced);
    }
  }

  PoolSnapshot snapshot() {
    int given = lost.get();
    return new PoolSnapshot(
        name,
        size,
        min,
        max,
        Math.max(0, executor.getPoolSize() - given),
        Math.max(0, active.get() - given),
        given,
        goodput.perSecond());
  }
}
