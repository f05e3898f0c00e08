package io.threadmill.chaos;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Lets each kind of client act at its rate, whatever the service does meanwhile. When and what is
 * drawn from the seed alone. Turns beyond those that may be under way at once are left out and
 * counted.
 */
final class Load implements AutoCloseable {

  private static final int MOST_AT_ONCE = 400;

  /** Each kind has its first turn by then, so that a short run has all of them. */
  private static final long FIRST = 2500;

  private record Turn(long at, Workload workload, int number) {}

  private final Client client;
  private final RunClock clock;
  private final long seed;
  private final Thread thread;
  private final Semaphore free = new Semaphore(MOST_AT_ONCE);
  private final KnownIds ids = new KnownIds();
  private final AtomicInteger leftOut = new AtomicInteger();

  /** One that waits for a batch which was cut off takes two minutes and some reads. */
  private static final int LONGEST_TURN_SECONDS = 150;

  private volatile boolean stopping;

  Load(Client client, RunClock clock, long seed) {
    this.client = client;
    this.clock = clock;
    this.seed = seed;
    thread = Thread.ofPlatform().daemon().name("load").start(this::drive);
  }

  int leftOut() {
    return leftOut.get();
  }

  private void drive() {
    var pauses = new SplittableRandom(seed);
    var turns = new PriorityQueue<>(Comparator.comparingLong(Turn::at));
    long begin = clock.now();
    for (Workload workload : Workload.values()) {
      turns.add(new Turn(begin + Math.min(FIRST, pause(workload, pauses)), workload, 0));
    }
    while (!stopping) {
      Turn turn = turns.remove();
      turns.add(
          new Turn(turn.at() + pause(turn.workload(), pauses), turn.workload(), turn.number() + 1));
      if (!clock.waitUntil(turn.at())) {
        return;
      }
      if (free.tryAcquire()) {
        Thread.ofVirtual().name("client").start(() -> take(turn));
      } else {
        leftOut.incrementAndGet();
      }
    }
  }

  /** From half of the mean to one and a half of it. */
  private static long pause(Workload workload, SplittableRandom random) {
    double mean = 1000 / workload.perSecond();
    return Math.max(1, Math.round(mean * (0.5 + random.nextDouble())));
  }

  private void take(Turn turn) {
    try {
      String kind = turn.workload().name().toLowerCase(java.util.Locale.ROOT);
      var random = new SplittableRandom(seed * 31 + (kind + turn.number()).hashCode());
      turn.workload().act(client, new Workload.Pen(kind, turn.number(), random, clock, ids));
    } finally {
      free.release();
    }
  }

  /** No more turns; waits for those under way. */
  @Override
  public void close() {
    stopping = true;
    try {
      thread.join(TimeUnit.SECONDS.toMillis(5));
      if (!free.tryAcquire(MOST_AT_ONCE, LONGEST_TURN_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("chaos: some clients are still at it; what they do is not looked at");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Some of the ids that clients were told; a small part of them is enough. */
  static final class KnownIds {
    private final List<String> known = new CopyOnWriteArrayList<>();

    void learn(String id) {
      if (known.size() < 500) {
        known.add(id);
      }
    }

    @Nullable String any(int draw) {
      return known.isEmpty() ? null : known.get(draw % known.size());
    }
  }
}
