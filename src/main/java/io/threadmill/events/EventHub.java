package io.threadmill.events;

import io.threadmill.job.JobId;
import io.threadmill.job.JobState;
import io.threadmill.job.StoreUnavailable;
import io.threadmill.job.TooManyWaiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** The one reader and its followers. The lock guards who follows and where the reader stands. */
@Component
final class EventHub implements JobEvents, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(EventHub.class);

  /** Clients following at once; each holds a connection and a thread. */
  static final int MOST_FOLLOWERS = 10_000;

  /** Events a slow follower may be behind; beyond, it is told of a gap and looks again. */
  static final int BEHIND = 256;

  private static final int PAGE = 500;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration OUTAGE_PAUSE = Duration.ofMillis(500);

  /** A replay reads this many events at most; the log itself holds hardly more. */
  private static final int MOST_REPLAYED = 400_000;

  private final EventLog events;
  private final Map<JobId, List<Queue>> followers = new ConcurrentHashMap<>();
  private final Object lock = new Object();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private int following; // guarded by lock
  private String last = "0-0"; // guarded by lock
  private @Nullable Thread reader; // guarded by lock
  private volatile boolean over;

  EventHub(EventLog events) {
    this.events = events;
  }

  private final class Queue implements Follower {
    private final JobId id;
    private final BlockingQueue<JobEvent> waiting = new ArrayBlockingQueue<>(BEHIND);
    private boolean closed; // guarded by lock

    Queue(JobId id) {
      this.id = id;
    }

    void offer(JobEvent event) {
      if (!waiting.offer(event)) {
        waiting.clear();
        waiting.offer(gap(event.sequence()));
      }
    }

    private JobEvent gap(String sequence) {
      return new JobEvent(sequence, JobEvent.Kind.GAP, id, JobState.QUEUED, 0, 0, "");
    }

    @Override
    public @Nullable JobEvent next(Duration limit) throws InterruptedException {
      return over ? null : waiting.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean gather(Duration moment) throws InterruptedException {
      boolean _ = stopped.await(moment.toMillis(), TimeUnit.MILLISECONDS);
      return waiting.drainTo(new ArrayList<>()) > 0;
    }

    @Override
    public boolean over() {
      return over;
    }

    @Override
    public void close() {
      synchronized (lock) {
        if (closed) {
          return;
        }
        closed = true;
        following--;
      }
      followers.computeIfPresent(
          id,
          (_, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }

  @Override
  public Follower follow(JobId id) {
    var queue = new Queue(id);
    // Asked outside the lock, so that callers do not queue up at it while Redis is away.
    String newest = resting() ? events.newest() : null;
    synchronized (lock) {
      if (following >= MOST_FOLLOWERS) {
        throw new TooManyWaiting("too many clients follow jobs on this instance");
      }
      if (following == 0) {
        last = newest == null ? events.newest() : newest; // the reader rested: here it goes on
      }
      following++;
      lock.notifyAll();
    }
    followers.compute(
        id,
        (_, all) -> {
          List<Queue> list = all == null ? new CopyOnWriteArrayList<>() : all;
          list.add(queue);
          return list;
        });
    return queue;
  }

  private boolean resting() {
    synchronized (lock) {
      return following == 0;
    }
  }

  @Override
  public String newest() {
    return events.newest();
  }

  @Override
  public Replay replay(JobId id, String afterSequence) {
    var found = new ArrayList<JobEvent>();
    String at = afterSequence;
    for (int read = 0; read < MOST_REPLAYED; ) {
      List<JobEvent> page = events.after(at, PAGE, Duration.ZERO);
      page.stream().filter(event -> event.id().equals(id)).forEach(found::add);
      if (page.size() < PAGE) {
        return new Replay(found, isTrimmedBehind(afterSequence));
      }
      read += page.size();
      at = page.getLast().sequence();
    }
    return new Replay(found, true);
  }

  /**
   * Whether the log may have lost what came after a sequence. Asked once that has been read: the
   * log is trimmed while it is read.
   */
  private boolean isTrimmedBehind(String sequence) {
    return events
        .oldest()
        .map(oldest -> JobEvent.compareSequences(sequence, oldest) < 0)
        .orElse(false);
  }

  private void read() {
    while (!over) {
      try {
        String from = awaitFollowers();
        List<JobEvent> page = events.after(from, PAGE, WAIT);
        if (page.size() < PAGE || !isTrimmedBehind(from)) {
          deliver(from, page);
        } else {
          catchUp();
        }
      } catch (StoreUnavailable _) {
        pauseAndTellOfGap();
      } catch (InterruptedException _) {
        return;
      } catch (RuntimeException fault) {
        log.warn("the event reader failed and goes on", fault);
        pauseAndTellOfGap();
      }
    }
  }

  private String awaitFollowers() throws InterruptedException {
    synchronized (lock) {
      while (following == 0) {
        lock.wait();
      }
      return last;
    }
  }

  private void deliver(String from, List<JobEvent> read) {
    for (JobEvent event : read) {
      List<Queue> all = followers.get(event.id());
      if (all != null) {
        all.forEach(queue -> queue.offer(event));
      }
    }
    synchronized (lock) {
      // A first follower may have moved the mark meanwhile; then these were not for it.
      if (!read.isEmpty() && last.equals(from)) {
        last = read.getLast().sequence();
      }
    }
  }

  /** The log was trimmed faster than it was read: on from its end, and all look again. */
  private void catchUp() {
    String newest = events.newest();
    synchronized (lock) {
      last = newest;
    }
    tellAll();
  }

  private void pauseAndTellOfGap() {
    try {
      boolean _ = stopped.await(OUTAGE_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    tellAll();
  }

  private void tellAll() {
    followers.values().forEach(all -> all.forEach(queue -> queue.offer(queue.gap("0-0"))));
  }

  @Override
  public void start() {
    synchronized (lock) {
      if (reader == null && !over) {
        reader = Thread.ofPlatform().daemon().name("events-reader").start(this::read);
      }
    }
  }

  /** Ends all following, so that no open stream holds the web server up. */
  @Override
  public void stop() {
    over = true;
    stopped.countDown();
    tellAll();
    synchronized (lock) {
      if (reader != null) {
        reader.interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    synchronized (lock) {
      return reader != null && !over;
    }
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE - 600; // after the worker, before the web server
  }
}
