package io.threadmill.telemetry;

import io.threadmill.cache.CacheStore;
import io.threadmill.job.JobState;
import io.threadmill.job.StoreProbe;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.WorkerStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What the board last saw. Immutable.
 *
 * @param deadlocked platform threads that wait for each other for ever
 * @param hollowFor for how long a pool has lost half of the threads it may have, or more
 * @param caches what the shared maps hold; a look at them is dearer and less frequent
 * @param storeAskedAt when the store's reading was taken, on the board's ticker
 */
record Observation(
    WorkerStatus worker,
    List<PoolSnapshot> pools,
    int deadlocked,
    Duration hollowFor,
    StoreProbe.Reading store,
    Map<JobState, Long> jobs,
    Map<String, CacheStore.Usage> caches,
    long storeAskedAt) {

  /** Before the first look. */
  static Observation none(long now) {
    return new Observation(
        new WorkerStatus(false, false, Map.of(), Duration.ZERO, 0, Map.of()),
        List.of(),
        0,
        Duration.ZERO,
        new StoreProbe.Reading(false, "?", "?", 0, "Redis has not been asked yet"),
        Map.of(),
        Map.of(),
        now);
  }

  Observation withLocal(
      WorkerStatus worker, List<PoolSnapshot> pools, int deadlocked, Duration hollowFor) {
    return new Observation(worker, pools, deadlocked, hollowFor, store, jobs, caches, storeAskedAt);
  }

  Observation withStore(StoreProbe.Reading store, Map<JobState, Long> jobs, long askedAt) {
    return new Observation(worker, pools, deadlocked, hollowFor, store, jobs, caches, askedAt);
  }

  Observation withCaches(Map<String, CacheStore.Usage> caches) {
    return new Observation(worker, pools, deadlocked, hollowFor, store, jobs, caches, storeAskedAt);
  }

  /** Escaped exceptions and errors in all. */
  long failures() {
    return worker.failures().values().stream().mapToLong(Long::longValue).sum();
  }
}
