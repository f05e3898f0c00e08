package io.threadmill.telemetry;

import io.threadmill.job.StoreProbe;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.WorkerStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** What an observation means, per health component. Pure functions. */
final class Verdicts {

  /** Works, yet somebody should look. Answers 200. */
  static final Status DEGRADED = new Status("DEGRADED");

  private static final Duration TAKE_SLOW = Duration.ofSeconds(6);
  private static final Duration TAKE_STUCK = Duration.ofSeconds(15);

  /** After so long others may have taken over this instance's jobs. */
  private static final Duration BEAT_STUCK = Duration.ofSeconds(15);

  /** So long may many threads be lost before only a restart is left. */
  private static final Duration HOLLOW = Duration.ofMinutes(5);

  private Verdicts() {}

  /** A status as a number, the worse the higher. */
  static int severity(Status status) {
    return switch (status.getCode()) {
      case "UP" -> 0;
      case "DEGRADED" -> 1;
      case "OUT_OF_SERVICE" -> 2;
      default -> 3;
    };
  }

  static Health redis(Observation seen) {
    var store = seen.store();
    Health.Builder health =
        store.up() ? Health.up() : Health.outOfService().withDetail("reason", store.detail());
    return health
        .withDetail("version", store.version())
        .withDetail("mode", store.mode())
        .withDetail("usedMemoryBytes", store.usedMemoryBytes())
        .build();
  }

  /** What Redis did not tell is left out. */
  static Health queue(Observation seen, Tally tally) {
    WorkerStatus worker = seen.worker();
    StoreProbe.Load load = seen.store().load();
    Health.Builder health =
        queueVerdict(worker)
            .withDetail("secondsSinceTake", seconds(worker.sinceTake()))
            .withDetail("secondsSinceBeat", worker.sinceBeat().toSeconds())
            .withDetail("held", worker.held())
            .withDetail("leasesLost", tally.leasesLost())
            .withDetail("outcomesFenced", tally.outcomesFenced())
            .withDetail("endingsPostponed", tally.endingsPostponed())
            .withDetail("jobsRecovered", tally.jobsRecovered());
    if (!load.oldestReady().isEmpty()) {
      health.withDetail("oldestReadySeconds", seconds(load.oldestReady()));
    }
    if (load.scheduleLag() != null) {
      health.withDetail("scheduleLagSeconds", load.scheduleLag().toSeconds());
    }
    return health.build();
  }

  private static Map<String, Long> seconds(Map<String, Duration> times) {
    var seconds = new TreeMap<String, Long>();
    times.forEach((name, time) -> seconds.put(name, time.toSeconds()));
    return seconds;
  }

  static Health.Builder queueVerdict(WorkerStatus worker) {
    Duration longest =
        worker.sinceTake().values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    if (worker.draining()) {
      return Health.outOfService().withDetail("reason", "this instance is stopping");
    }
    if (!worker.running()) {
      return Health.outOfService().withDetail("reason", "the worker is not running");
    }
    if (longest.compareTo(TAKE_STUCK) > 0) {
      return Health.outOfService().withDetail("reason", "no job could be taken for too long");
    }
    if (worker.sinceBeat().compareTo(BEAT_STUCK) > 0) {
      return Health.outOfService().withDetail("reason", "the lease was not renewed for too long");
    }
    if (longest.compareTo(TAKE_SLOW) > 0) {
      return Health.status(DEGRADED).withDetail("reason", "taking jobs is slow");
    }
    return Health.up();
  }

  static Health pool(Observation seen) {
    Status status = Status.UP;
    var details = new LinkedHashMap<String, Object>();
    for (PoolSnapshot pool : seen.pools()) {
      details.put(pool.name(), PoolView.numbers(pool));
      if (pool.lost() >= pool.size()) {
        status = Status.OUT_OF_SERVICE;
      } else if (pool.lost() > 0 && status.equals(Status.UP)) {
        status = DEGRADED;
      }
    }
    return Health.status(status).withDetails(details).build();
  }

  /** Whether a pool has lost half of the threads it may have, or more. */
  static boolean hollow(List<PoolSnapshot> pools) {
    return pools.stream().anyMatch(pool -> pool.lost() > 0 && 2 * pool.lost() >= pool.max());
  }

  /**
   * A job's failure is the job's. Ours is what a restart alone ends: a deadlock, and threads that
   * were given up and do not come back, once they are many for long.
   */
  static Health threads(Observation seen) {
    int lost = seen.pools().stream().mapToInt(PoolSnapshot::lost).sum();
    return threadsVerdict(seen, lost)
        .withDetail("deadlocked", seen.deadlocked())
        .withDetail("lost", lost)
        .withDetail("failures", new TreeMap<>(seen.worker().failures()))
        .build();
  }

  private static Health.Builder threadsVerdict(Observation seen, int lost) {
    if (seen.deadlocked() > 0) {
      return Health.down().withDetail("reason", "threads wait for each other for ever");
    }
    if (seen.hollowFor().compareTo(HOLLOW) >= 0) {
      return Health.down()
          .withDetail("reason", "half of a pool's threads or more do not come back");
    }
    return lost > 0
        ? Health.status(DEGRADED).withDetail("reason", "threads were given up")
        : Health.up();
  }

  static Health workers() {
    return Health.up().withDetail("detail", "worker processes: none in this version").build();
  }

  static Health monitor() {
    return Health.up().withDetail("mode", "off (sizes are fixed)").build();
  }
}
