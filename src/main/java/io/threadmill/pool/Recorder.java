package io.threadmill.pool;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what this instance holds, from take to recording, and records endings together: whatever
 * has gathered since the last call goes in one. While Redis is away endings wait; each is offered
 * again until it is recorded or refused. Thread-safe.
 */
final class Recorder {

  private static final Logger log = LoggerFactory.getLogger(Recorder.class);

  /** Endings in one call. */
  private static final int MOST = 128;

  /** Endings waiting; beyond this a finished job keeps its thread. */
  private static final int CAPACITY = 1024;

  /**
   * A result above this keeps its slot until it is recorded, so that few of them wait in memory.
   */
  private static final int LIGHT = 64 * 1024;

  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  private record Pending(Attempt attempt, Ending ending, boolean keepsSlot, long ended) {}

  private final Map<JobId, Attempt> held = new ConcurrentHashMap<>();
  private final BlockingQueue<Pending> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final JobQueue queue;
  private final Ticker ticker;
  private final Listeners listeners;
  private final Object settled = new Object();
  private final List<Pending> unwritten = new ArrayList<>(); // owned by the loop's thread
  private final Loop loop = new Loop("recorder", this::step);

  Recorder(JobQueue queue, Ticker ticker, Listeners listeners) {
    this.queue = queue;
    this.ticker = ticker;
    this.listeners = listeners;
  }

  void start() {
    loop.start();
  }

  void hold(Attempt attempt) {
    held.put(attempt.job().id(), attempt);
  }

  Collection<Attempt> held() {
    return List.copyOf(held.values());
  }

  @Nullable Attempt held(JobId id) {
    return held.get(id);
  }

  int heldCount() {
    return held.size();
  }

  /** Hands an ending over for recording and gives the slot back, now or once it is recorded. */
  void record(Attempt attempt, Ending ending) {
    boolean keepsSlot =
        ending instanceof Ending.Succeeded done && done.body().bytes().length > LIGHT;
    var pending = new Pending(attempt, ending, keepsSlot, ticker.nanos());
    boolean interrupted = false;
    while (true) {
      try {
        waiting.put(pending);
        break;
      } catch (InterruptedException _) {
        interrupted = true; // an ending is not dropped because its thread should stop
      }
    }
    if (!keepsSlot) {
      attempt.pool().release(1);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration step() throws InterruptedException {
    if (unwritten.isEmpty()) {
      Pending first = waiting.poll(1, TimeUnit.SECONDS);
      if (first == null) {
        return Duration.ZERO;
      }
      unwritten.add(first);
      waiting.drainTo(unwritten, MOST - 1);
    }
    try {
      write(List.copyOf(unwritten));
    } catch (StoreUnavailable | BacklogFull _) {
      return RETRY_PAUSE; // offered again, until Redis is back or the leases have run out
    }
    unwritten.clear();
    return Duration.ZERO;
  }

  private void write(List<Pending> group) {
    List<Recording> recordings =
        group.stream()
            .map(p -> new Recording(p.attempt().job(), p.ending(), p.attempt().lastProgress()))
            .toList();
    List<Verdict> verdicts;
    try {
      verdicts = queue.record(recordings);
    } catch (StoreUnavailable | BacklogFull away) {
      throw away;
    } catch (RuntimeException fault) {
      if (group.size() > 1) { // one bad ending must not take the others with it
        group.forEach(pending -> write(List.of(pending)));
        return;
      }
      log.error(
          "the ending of job {} cannot be recorded", group.getFirst().attempt().job().id(), fault);
      verdicts = List.of(Verdict.REFUSED);
    }
    for (int i = 0; i < group.size(); i++) {
      settle(group.get(i), verdicts.get(i));
    }
  }

  private void settle(Pending pending, Verdict verdict) {
    Attempt attempt = pending.attempt();
    unwritten.remove(pending); // should a later one of the group fail, this one is not told again
    synchronized (settled) {
      held.remove(attempt.job().id(), attempt);
      settled.notifyAll();
    }
    if (pending.keepsSlot()) {
      attempt.pool().release(1);
    }
    switch (verdict) {
      case RECORDED, ALREADY_RECORDED -> {
        if (pending.ending() instanceof Ending.Succeeded) {
          attempt.pool().succeeded();
        }
        listeners.recorded(
            attempt.job(), pending.ending(), Duration.ofNanos(pending.ended() - attempt.begin()));
      }
      case REFUSED -> listeners.fenced(attempt.job());
    }
  }

  /** Waits until nothing is left to record, at most so long; true when all was. */
  boolean awaitEmpty(Duration limit) throws InterruptedException {
    long end = ticker.nanos() + limit.toNanos();
    synchronized (settled) {
      while (!held.isEmpty()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - ticker.nanos());
        if (left <= 0) {
          return false;
        }
        settled.wait(left);
      }
      return true;
    }
  }

  void stop(Duration limit) {
    loop.stop(limit);
  }
}
