package io.threadmill.pool;

import io.threadmill.job.Ending;
import io.threadmill.job.JobQueue;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Feeds one pool: waits for free slots, takes no more jobs than there are, starts them, and waits
 * for work when there was not enough. One thread; {@link #sinceTake} may be asked by any.
 */
final class Dispatcher {

  /** Jobs in one take. */
  private static final int MOST = 128;

  /** Upper bound of both waits, so that a lost wake-up costs this much and no more. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private static final Duration SLOT_WAIT = Duration.ofSeconds(1);

  /**
   * While more work waits than there are slots, a take waits at most so long for half of them: what
   * it costs Redis goes by the call, and short jobs free the next slots meanwhile.
   */
  static final Duration GATHER = Duration.ofNanos(500_000);

  private final ManagedPool pool;
  private final JobQueue queue;
  private final Recorder recorder;
  private final RunPipeline pipeline;
  private final Heart heart;
  private final Ticker ticker;
  private final Duration gather;
  private final Loop loop;
  private volatile long lastTake;
  private boolean plenty; // owned by the loop's thread

  Dispatcher(
      ManagedPool pool,
      JobQueue queue,
      Recorder recorder,
      RunPipeline pipeline,
      Heart heart,
      Ticker ticker,
      Duration gather) {
    this.pool = pool;
    this.queue = queue;
    this.recorder = recorder;
    this.pipeline = pipeline;
    this.heart = heart;
    this.ticker = ticker;
    this.gather = gather;
    this.lastTake = ticker.nanos();
    this.loop = new Loop("dispatch-" + pool.name(), this::step);
  }

  String pool() {
    return pool.name();
  }

  void start() {
    loop.start();
  }

  void stop(Duration limit) {
    loop.stop(limit);
  }

  /** How long ago Redis last answered a take, with jobs or without, or all slots were busy. */
  Duration sinceTake() {
    return Duration.ofNanos(ticker.nanos() - lastTake);
  }

  private Duration step() throws InterruptedException {
    int slots = pool.reserve(1, MOST, SLOT_WAIT);
    if (slots == 0) {
      lastTake = ticker.nanos(); // all slots at work: nothing to take for
      return Duration.ZERO;
    }
    int started = 0;
    try {
      int half = Math.min(MOST, pool.size() / 2);
      if (plenty && slots < half) {
        slots += pool.reserve(half - slots, MOST - slots, gather);
      }
      Optional<List<TakenJob>> taken = queue.take(pool.name(), slots);
      lastTake = ticker.nanos();
      if (taken.isEmpty()) {
        heart.beat();
        return Duration.ZERO;
      }
      for (TakenJob job : taken.get()) {
        started++;
        start(job);
      }
    } finally {
      pool.release(slots - started);
    }
    plenty = started == slots;
    if (!plenty && !loop.stopping()) {
      queue.awaitWork(pool.name(), LONGEST_WAIT);
    }
    return Duration.ZERO;
  }

  /** From here the slot belongs to the job; what cannot be started goes back with the next beat. */
  private void start(TakenJob job) {
    var attempt = new Attempt(job, pool, ticker);
    recorder.hold(attempt);
    try {
      pool.execute(() -> pipeline.run(attempt));
    } catch (RuntimeException rejected) {
      attempt.stop(Attempt.Stop.DRAINED);
      recorder.record(attempt, new Ending.Released(Duration.ZERO));
    }
  }
}
