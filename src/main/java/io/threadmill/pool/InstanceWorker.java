package io.threadmill.pool;

import io.threadmill.job.JobQueue;
import io.threadmill.job.Jobs;
import io.threadmill.job.ThreadmillException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The worker's life. It starts last and stops first, before the web server: what runs is handed
 * back within a second of SIGTERM, however long open requests take. Each step of the stop is
 * bounded. Thread-safe.
 */
final class InstanceWorker implements Worker, Pools, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(InstanceWorker.class);

  private static final Duration STEP = Duration.ofSeconds(2);
  private static final Duration HAND_BACK = Duration.ofMillis(500);

  /** The parts, wired once. */
  record Parts(
      List<ManagedPool> pools,
      List<Dispatcher> dispatchers,
      Recorder recorder,
      Watchdog watchdog,
      Housekeeper housekeeper,
      Heart heart,
      Failures failures) {}

  private final Parts parts;
  private final Jobs jobs;
  private final JobQueue queue;
  private final Duration grace;
  private volatile boolean running;
  private volatile boolean draining;

  InstanceWorker(Parts parts, Jobs jobs, JobQueue queue, Duration grace) {
    this.parts = parts;
    this.jobs = jobs;
    this.queue = queue;
    this.grace = grace;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 512;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public synchronized void start() {
    if (running || draining) {
      return;
    }
    running = true;
    parts.recorder().start();
    parts.heart().start();
    parts.watchdog().start();
    parts.housekeeper().start();
    parts.dispatchers().forEach(Dispatcher::start);
  }

  @Override
  public synchronized void stop() {
    if (!running) {
      return;
    }
    draining = true;
    jobs.closeIntake();
    parts.dispatchers().forEach(dispatcher -> dispatcher.stop(STEP));
    drain(); // cancellations and progress go on meanwhile
    parts.housekeeper().stop(STEP);
    parts.recorder().stop(STEP);
    parts.watchdog().stop(STEP);
    parts.heart().stop(STEP);
    try {
      queue.deregister();
    } catch (ThreadmillException refused) {
      log.warn(
          "what this instance held runs again when its lease has run out: {}",
          refused.getMessage());
    }
    running = false;
  }

  private void drain() {
    int held = parts.recorder().heldCount();
    int unfinished = 0;
    try {
      if (!parts.recorder().awaitEmpty(grace)) {
        unfinished = parts.recorder().heldCount();
        parts.recorder().held().forEach(attempt -> attempt.stop(Attempt.Stop.DRAINED));
        boolean _ = parts.recorder().awaitEmpty(HAND_BACK);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (held > 0) {
      log.info("stopping: of {} jobs at work, {} are handed back unfinished", held, unfinished);
    }
  }

  @Override
  public WorkerStatus status() {
    Map<String, Duration> sinceTake = new LinkedHashMap<>();
    parts.dispatchers().forEach(d -> sinceTake.put(d.pool(), d.sinceTake()));
    return new WorkerStatus(
        running,
        draining,
        sinceTake,
        parts.heart().sinceBeat(),
        parts.recorder().heldCount(),
        parts.failures().snapshot());
  }

  @Override
  public List<PoolSnapshot> snapshots() {
    return parts.pools().stream().map(ManagedPool::snapshot).toList();
  }
}
