package io.threadmill.telemetry;

import io.threadmill.cache.CacheStore;
import io.threadmill.cache.Caches;
import io.threadmill.job.JobState;
import io.threadmill.job.Jobs;
import io.threadmill.job.StoreProbe;
import io.threadmill.job.ThreadmillException;
import io.threadmill.job.Ticker;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.Pools;
import io.threadmill.pool.Worker;
import java.time.Duration;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Looks at the service once a second, on a platform thread of its own: a probe is answered from
 * what was seen last, so neither a full pool, starved virtual threads nor a silent Redis can hold
 * it up. Thread-safe.
 */
final class HealthBoard implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(HealthBoard.class);

  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration DEADLOCK_PERIOD = Duration.ofSeconds(10);
  private static final Duration CACHE_PERIOD = Duration.ofSeconds(10);

  /**
   * An older answer of the store counts as none: the look at it hangs. A look a second, plus the
   * two seconds it may take, plus a pause of the JVM.
   */
  private static final Duration STALE = Duration.ofSeconds(5);

  private static final long JOIN_MILLIS = 500;

  /** What is looked at. */
  record Sources(
      StoreProbe store,
      Supplier<Map<String, Map<JobState, Long>>> counts,
      Worker worker,
      Pools pools,
      Supplier<Map<String, CacheStore.Usage>> caches,
      IntSupplier deadlocked) {

    static Sources of(
        StoreProbe store,
        Jobs jobs,
        Worker worker,
        Pools pools,
        Caches caches,
        IntSupplier deadlocked) {
      return new Sources(store, jobs::counts, worker, pools, caches::usage, deadlocked);
    }
  }

  private final Sources sources;
  private final Ticker ticker;
  private volatile Observation seen;
  private int deadlocked; // the refreshing thread's own, as the next
  private @Nullable Long deadlocksAskedAt;
  private @Nullable Long hollowSince;
  private @Nullable Long cachesAskedAt;
  private @Nullable CountDownLatch stopping; // guarded by this, as the next
  private @Nullable Thread thread;

  HealthBoard(Sources sources, Ticker ticker) {
    this.sources = sources;
    this.ticker = ticker;
    this.seen = Observation.none(ticker.nanos());
  }

  /** What was seen last; a store's answer that has grown old is reported as none. */
  Observation seen() {
    Observation last = seen;
    Duration age = Duration.ofNanos(ticker.nanos() - last.storeAskedAt());
    if (!last.store().up() || age.compareTo(STALE) <= 0) {
      return last;
    }
    var silent =
        new StoreProbe.Reading(
            false,
            last.store().version(),
            last.store().mode(),
            last.store().usedMemoryBytes(),
            "Redis has not answered for " + age.toSeconds() + " s");
    return last.withStore(silent, last.jobs(), last.storeAskedAt());
  }

  /** Looks once. What is here is published before the store is asked, which may take its time. */
  void refresh() {
    List<PoolSnapshot> pools =
        sources.pools().snapshots().stream()
            .sorted(Comparator.comparing(PoolSnapshot::name).reversed())
            .toList();
    seen = seen.withLocal(sources.worker().status(), pools, deadlocks(), hollowFor(pools));
    StoreProbe.Reading store = sources.store().probe();
    seen = seen.withStore(store, store.up() ? counts() : seen.jobs(), ticker.nanos());
    if (store.up()) {
      lookAtCaches();
    }
  }

  private Duration hollowFor(List<PoolSnapshot> pools) {
    if (!Verdicts.hollow(pools)) {
      hollowSince = null;
      return Duration.ZERO;
    }
    long now = ticker.nanos();
    Long since = hollowSince;
    if (since == null) {
      hollowSince = now;
      return Duration.ZERO;
    }
    return Duration.ofNanos(now - since);
  }

  private void lookAtCaches() {
    long now = ticker.nanos();
    Long asked = cachesAskedAt;
    if (asked != null && now - asked < CACHE_PERIOD.toNanos()) {
      return;
    }
    cachesAskedAt = now;
    try {
      seen = seen.withCaches(sources.caches().get());
    } catch (ThreadmillException _) {
      // What was seen last stays; the store's own reading tells that it is away.
    }
  }

  private Map<JobState, Long> counts() {
    var sums = new EnumMap<JobState, Long>(JobState.class);
    try {
      for (Map<JobState, Long> ofType : sources.counts().get().values()) {
        ofType.forEach((state, count) -> sums.merge(state, count, Long::sum));
      }
      return sums;
    } catch (ThreadmillException _) {
      return seen.jobs();
    }
  }

  /** A look at every thread's locks stops the JVM for a moment: not each second. */
  private int deadlocks() {
    long now = ticker.nanos();
    Long asked = deadlocksAskedAt;
    if (asked == null || now - asked >= DEADLOCK_PERIOD.toNanos()) {
      deadlocksAskedAt = now;
      deadlocked = sources.deadlocked().getAsInt();
    }
    return deadlocked;
  }

  @Override
  public synchronized void start() {
    if (thread != null) {
      return;
    }
    var stop = new CountDownLatch(1);
    stopping = stop;
    thread = Thread.ofPlatform().name("health-board").daemon().start(() -> look(stop));
  }

  private void look(CountDownLatch stop) {
    try {
      do {
        try {
          refresh();
        } catch (RuntimeException fault) {
          log.warn("a look at the service's health failed; it is repeated", fault);
        }
      } while (!stop.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void stop() {
    if (thread == null || stopping == null) {
      return;
    }
    stopping.countDown();
    thread.interrupt();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    thread = null;
  }

  @Override
  public synchronized boolean isRunning() {
    return thread != null;
  }

  /** Before the web server and the worker, and until both have stopped. */
  @Override
  public int getPhase() {
    return 0;
  }
}
