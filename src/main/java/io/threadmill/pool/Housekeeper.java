package io.threadmill.pool;

import io.threadmill.job.JobId;
import io.threadmill.job.JobListener.Duty;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.ProgressNote;
import io.threadmill.job.JobSnapshot.Progress;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The small regular rounds: what is due is queued, cancellations are delivered, progress is told,
 * dead instances' jobs are taken over, what has expired is deleted. Every instance does all of
 * them; the scripts see to it that nothing is done twice. A duty that fails keeps none of the
 * others from being tried.
 */
final class Housekeeper {

  private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);

  private static final Duration TICK = Duration.ofMillis(200);
  private static final Duration SHORTEST = Duration.ofMillis(5);
  private static final Duration PROGRESS = Duration.ofMillis(500);
  private static final Duration SWEEP = Duration.ofSeconds(2);
  private static final Duration EXPIRE = Duration.ofSeconds(1);

  /** Notes in one call. */
  private static final int MOST_NOTES = 200;

  /** Rounds of one kind in a row, so that a great mess does not hold up the others. */
  private static final int MOST_ROUNDS = 20;

  private final JobQueue queue;
  private final Recorder recorder;
  private final Listeners listeners;
  private final Ticker ticker;
  private final Loop loop = new Loop("housekeeper", this::step);
  private final Set<Duty> failing =
      EnumSet.noneOf(Duty.class); // these are owned by the loop's thread
  private Duration next = TICK;
  private long lastProgress;
  private long lastSweep;
  private long lastExpire;

  Housekeeper(JobQueue queue, Recorder recorder, Listeners listeners, Ticker ticker) {
    this.queue = queue;
    this.recorder = recorder;
    this.listeners = listeners;
    this.ticker = ticker;
    queue.onSooner(loop::wake);
    lastProgress = ticker.nanos();
    lastSweep = lastProgress - SWEEP.toNanos(); // the first round sweeps
    lastExpire = lastProgress;
  }

  void start() {
    loop.start();
  }

  void stop(Duration limit) {
    loop.stop(limit);
  }

  private Duration step() {
    boolean well = duty(Duty.PROMOTE, () -> next = queue.promote().orElse(TICK));
    if (recorder.heldCount() > 0) {
      well &= duty(Duty.CANCEL, () -> cancel(queue.cancellations()));
    }
    long now = ticker.nanos();
    if (now - lastProgress >= PROGRESS.toNanos()) {
      lastProgress = now;
      well &= duty(Duty.PROGRESS, this::tellProgress);
    }
    if (now - lastSweep >= SWEEP.toNanos()) {
      lastSweep = now;
      well &= duty(Duty.SWEEP, this::sweep);
    }
    if (now - lastExpire >= EXPIRE.toNanos()) {
      lastExpire = now;
      well &= duty(Duty.EXPIRE, this::expire);
    }
    if (!well || next.compareTo(TICK) > 0) {
      return TICK;
    }
    return next.compareTo(SHORTEST) < 0 ? SHORTEST : next;
  }

  /** One duty, whatever became of the others; what failed is tried again in its next round. */
  private boolean duty(Duty duty, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException fault) {
      if (loop.stopping()) {
        return false;
      }
      if (failing.add(duty)) {
        log.warn("{} failed and is tried again: {}", duty.wireName(), fault.toString());
      }
      listeners.housekeepingFailed(duty);
      return false;
    }
    if (failing.remove(duty)) {
      log.info("{} goes on", duty.wireName());
    }
    return true;
  }

  private void cancel(List<JobId> ids) {
    for (JobId id : ids) {
      recorder.held(id).forEach(attempt -> attempt.stop(Attempt.Stop.CANCELLED));
    }
  }

  private void tellProgress() {
    var notes = new ArrayList<ProgressNote>();
    for (Attempt attempt : recorder.held()) {
      if (notes.size() == MOST_NOTES) {
        break; // the others are told in the next round
      }
      Progress made = attempt.untoldProgress();
      if (made != null) {
        notes.add(new ProgressNote(attempt.job(), made));
      }
    }
    if (!notes.isEmpty()) {
      queue.progress(notes);
    }
  }

  private void expire() {
    for (int round = 0; round < MOST_ROUNDS && queue.expire() > 0; round++) {}
  }

  private void sweep() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      int recovered = queue.sweep();
      if (recovered == 0) {
        return;
      }
      log.info("took over {} jobs of instances that are gone", recovered);
      listeners.recovered(recovered);
    }
  }
}
