package io.threadmill.pool;

import io.threadmill.job.BacklogFull;
import io.threadmill.job.Ending;
import io.threadmill.job.JobId;
import io.threadmill.job.JobQueue;
import io.threadmill.job.JobQueue.Recording;
import io.threadmill.job.JobQueue.Verdict;
import io.threadmill.job.StoreFault;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TakenJob;
import io.threadmill.job.ThreadmillException;
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
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what this instance holds, from take to recording, and records endings together: whatever
 * has gathered since the last call goes in one. While Redis is away endings wait; each is offered
 * again until it is recorded or fenced off. One that Redis refuses by itself waits apart.
 * Thread-safe.
 */
final class Recorder {

  private static final Logger log = LoggerFactory.getLogger(Recorder.class);

  /** Endings in one call. */
  private static final int MOST = 128;

  /**
   * While many jobs end, the next call waits for enough of them, at most so long and looking so
   * often; one that comes alone goes.
   */
  private static final Duration GATHER = Duration.ofMillis(2);

  private static final int LOOKS = 8;
  private static final int ENOUGH = 48;

  /** Endings waiting; beyond this a finished job keeps its thread. */
  private static final int CAPACITY = 1024;

  /**
   * A result above this keeps its slot until it is recorded, so that few of them wait in memory.
   */
  private static final int LIGHT = 64 * 1024;

  private static final Duration RETRY_PAUSE = Duration.ofMillis(250);

  /** Between two offers of one ending that Redis refuses by itself. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  /** Such endings that wait apart; beyond this they hold up the others. */
  private static final int MOST_LATE = 256;

  private record Pending(Attempt attempt, Ending ending, boolean keepsSlot, long ended) {}

  /** An ending that is offered by itself again. */
  private record Late(Pending pending, Duration pause, long at) {}

  /** A job taken again before its lost attempt has ended has two, each under its own lease. */
  private final Map<JobId, List<Attempt>> held = new ConcurrentHashMap<>();

  private final BlockingQueue<Pending> waiting = new ArrayBlockingQueue<>(CAPACITY);
  private final JobQueue queue;
  private final Ticker ticker;
  private final Listeners listeners;
  private final Object settled = new Object();
  private final List<Pending> unwritten = new ArrayList<>(); // these are owned by the loop's thread
  private final List<Late> late = new ArrayList<>();
  private boolean away;
  private boolean busy;
  private final Loop loop = new Loop("recorder", this::step);

  Recorder(JobQueue queue, Ticker ticker, Listeners listeners) {
    this.queue = queue;
    this.ticker = ticker;
    this.listeners = listeners;
  }

  void start() {
    loop.start();
  }

  /** From here the attempt is watched. An earlier one of the same job has lost its lease. */
  void hold(Attempt attempt) {
    JobId id = attempt.job().id();
    List<Attempt> all =
        held.merge(
            id, List.of(attempt), (old, one) -> Stream.concat(old.stream(), one.stream()).toList());
    if (all.size() > 1) {
      all.stream().filter(other -> other != attempt).forEach(this::loseLease);
    }
  }

  /** The attempts under these leases are told to stop. */
  void loseLeases(Collection<TakenJob> gone) {
    for (TakenJob job : gone) {
      held(job.id()).stream()
          .filter(attempt -> attempt.job().lease().equals(job.lease()))
          .forEach(this::loseLease);
    }
  }

  private void loseLease(Attempt attempt) {
    if (attempt.loseLease()) {
      listeners.leaseLost(attempt.job());
    }
  }

  private void letGo(Attempt attempt) {
    held.computeIfPresent(
        attempt.job().id(),
        (_, all) -> {
          List<Attempt> others = all.stream().filter(other -> other != attempt).toList();
          return others.isEmpty() ? null : others;
        });
  }

  Collection<Attempt> held() {
    return held.values().stream().flatMap(List::stream).toList();
  }

  List<Attempt> held(JobId id) {
    return held.getOrDefault(id, List.of());
  }

  int heldCount() {
    return held.values().stream().mapToInt(List::size).sum();
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
      Pending first = waiting.poll(untilNextLate().toNanos(), TimeUnit.NANOSECONDS);
      if (first != null) {
        unwritten.add(first);
        if (busy) {
          gather();
        }
        waiting.drainTo(unwritten, MOST - 1);
        busy = unwritten.size() > 1;
      }
    }
    try {
      writeLate();
      writeAll();
    } catch (StoreUnavailable | BacklogFull | StoreFault refused) {
      if (!away) {
        away = true;
        log.warn("endings wait to be recorded: {}", refused.getMessage());
      }
      return RETRY_PAUSE; // offered again, until Redis is back or the leases have run out
    }
    if (away) {
      away = false;
      log.info("endings are recorded again");
    }
    return Duration.ZERO;
  }

  private void gather() {
    for (int looks = 0; looks < LOOKS && waiting.size() < ENOUGH; looks++) {
      ticker.pause(GATHER.dividedBy(LOOKS));
    }
  }

  private Duration untilNextLate() {
    long now = ticker.nanos();
    long wait = TimeUnit.SECONDS.toNanos(1);
    for (Late one : late) {
      wait = Math.min(wait, one.at() - now);
    }
    return Duration.ofNanos(Math.max(0, wait));
  }

  /** In one call; where that is refused, one by one: a bad ending must not hold up the others. */
  private void writeAll() {
    if (unwritten.isEmpty()) {
      return;
    }
    List<Pending> group = List.copyOf(unwritten);
    if (group.size() > 1) {
      try {
        settle(group, offer(group));
        return;
      } catch (StoreUnavailable redisIsAway) {
        throw redisIsAway;
      } catch (RuntimeException _) {
        // Told again, and of whom, by the one it is for.
      }
    }
    for (Pending pending : group) {
      writeAlone(pending, Duration.ZERO);
    }
  }

  private void writeLate() {
    long now = ticker.nanos();
    for (Late one : List.copyOf(late)) {
      if (one.at() - now <= 0) {
        late.remove(one);
        try {
          writeAlone(one.pending(), one.pause());
        } catch (StoreUnavailable redisIsAway) {
          late.add(new Late(one.pending(), one.pause(), now));
          throw redisIsAway;
        }
      }
    }
  }

  private void writeAlone(Pending pending, Duration lastPause) {
    List<Verdict> verdicts;
    try {
      verdicts = offer(List.of(pending));
    } catch (StoreUnavailable redisIsAway) {
      throw redisIsAway;
    } catch (BacklogFull | StoreFault refused) {
      postpone(pending, lastPause, refused);
      return;
    } catch (RuntimeException fault) {
      log.error("the ending of job {} cannot be recorded", pending.attempt().job().id(), fault);
      verdicts = List.of(Verdict.REFUSED);
    }
    settle(List.of(pending), verdicts);
  }

  /** It stays held, so that the instance goes on saying that the job is its own. */
  private void postpone(Pending pending, Duration lastPause, ThreadmillException refused) {
    if (late.size() >= MOST_LATE) {
      throw refused;
    }
    TakenJob job = pending.attempt().job();
    if (lastPause.isZero()) {
      log.warn(
          "the ending of job {} is refused and offered again: {}", job.id(), refused.getMessage());
      listeners.postponed(job);
    }
    Duration pause = lastPause.isZero() ? RETRY_PAUSE : lastPause.multipliedBy(2);
    if (pause.compareTo(LONGEST_PAUSE) > 0) {
      pause = LONGEST_PAUSE;
    }
    unwritten.remove(pending);
    late.add(new Late(pending, pause, ticker.nanos() + pause.toNanos()));
  }

  private List<Verdict> offer(List<Pending> group) {
    return queue.record(
        group.stream()
            .map(p -> new Recording(p.attempt().job(), p.ending(), p.attempt().lastProgress()))
            .toList());
  }

  private void settle(List<Pending> group, List<Verdict> verdicts) {
    for (int i = 0; i < group.size(); i++) {
      settle(group.get(i), verdicts.get(i));
    }
  }

  private void settle(Pending pending, Verdict verdict) {
    Attempt attempt = pending.attempt();
    unwritten.remove(pending); // should a later one of the group fail, this one is not told again
    synchronized (settled) {
      letGo(attempt);
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
