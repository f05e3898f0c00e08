package io.threadmill.pool;

import io.threadmill.job.JobQueue;
import io.threadmill.job.TakenJob;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.List;

/**
 * Renews this instance's lease on a platform thread of its own, which neither jobs nor garbage
 * collection pauses of others hold up, and stops attempts whose lease has passed on. The last thing
 * to stop.
 */
final class Heart {

  private final JobQueue queue;
  private final Recorder recorder;
  private final Ticker ticker;
  private final Duration interval;
  private final Loop loop = new Loop("heart", this::step);
  private volatile long lastBeat;

  Heart(JobQueue queue, Recorder recorder, Ticker ticker, Duration interval) {
    this.queue = queue;
    this.recorder = recorder;
    this.ticker = ticker;
    this.interval = interval;
    this.lastBeat = ticker.nanos();
  }

  void start() {
    loop.start();
  }

  void stop(Duration limit) {
    loop.stop(limit);
  }

  Duration sinceBeat() {
    return Duration.ofNanos(ticker.nanos() - lastBeat);
  }

  private Duration step() {
    beat();
    return interval;
  }

  /** One beat, now. */
  void beat() {
    List<TakenJob> held = recorder.held().stream().map(Attempt::job).toList();
    recorder.loseLeases(queue.beat(held));
    lastBeat = ticker.nanos();
  }
}
