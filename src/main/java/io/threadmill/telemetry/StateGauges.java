package io.threadmill.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.threadmill.job.JobState;
import io.threadmill.job.StoreProbe;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.Pools;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;

/**
 * The gauges: each shows what the board saw last, so a scrape asks Redis nothing. What was not seen
 * is no number (NaN), so that no alert takes it for one.
 */
final class StateGauges implements MeterBinder {

  /** What {@link StoreProbe.Load} names its budgets. */
  private static final List<String> BUDGETS = List.of("jobs", "bytes");

  private static final Map<String, Function<Observation, Health>> COMPONENTS =
      Map.of(
          "redis",
          Verdicts::redis,
          "queue",
          seen -> Verdicts.queueVerdict(seen.worker()).build(),
          "pool",
          Verdicts::pool,
          "threads",
          Verdicts::threads,
          "workers",
          _ -> Verdicts.workers(),
          "monitor",
          _ -> Verdicts.monitor());

  private final HealthBoard board;
  private final Pools pools;

  StateGauges(HealthBoard board, Pools pools) {
    this.board = board;
    this.pools = pools;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    var gauges = new Gauges(registry, board);
    bindInstance(gauges);
    bindStore(gauges);
    for (PoolSnapshot pool : pools.snapshots()) {
      bindPool(gauges, pool.name());
      // Known from the start: a series that begins at its first event hides it from rate().
      Meters.counter(Meter.THREADS_LOST, registry).withTag("pool", pool.name());
    }
  }

  private static void bindInstance(Gauges gauges) {
    gauges.add(Meter.THREAD_FAILURES, Tags.empty(), Observation::failures);
    gauges.add(Meter.JOBS_HELD, Tags.empty(), seen -> seen.worker().held());
    gauges.add(Meter.BEAT_AGE, Tags.empty(), seen -> seconds(seen.worker().sinceBeat()));
    COMPONENTS.forEach((component, verdict) ->
        gauges.add(
            Meter.HEALTH,
            Tags.of("component", component),
            seen -> Verdicts.severity(verdict.apply(seen).getStatus())));
  }

  private static void bindStore(Gauges gauges) {
    for (JobState state : JobState.values()) {
      gauges.add(
          Meter.JOBS_STATE,
          Tags.of("state", state.wireName()),
          seen -> seen.jobs().getOrDefault(state, 0L));
    }
    for (String budget : BUDGETS) {
      gauges.add(
          Meter.BACKLOG_RATIO,
          Tags.of("budget", budget),
          seen -> seen.store().load().budgets().getOrDefault(budget, Double.NaN));
    }
    gauges.add(
        Meter.JOBS_SCHEDULE_LAG, Tags.empty(), seen -> seconds(seen.store().load().scheduleLag()));
    gauges.add(
        Meter.REDIS_MEMORY_USED,
        Tags.empty(),
        seen -> seen.store().up() ? seen.store().usedMemoryBytes() : Double.NaN);
    gauges.add(
        Meter.REDIS_MEMORY_LIMIT,
        Tags.empty(),
        seen -> seen.store().up() ? seen.store().load().memoryLimitBytes() : Double.NaN);
  }

  private static void bindPool(Gauges gauges, String pool) {
    var tags = Tags.of("pool", pool);
    gauges.add(Meter.POOL_SIZE, tags, seen -> read(seen, pool, PoolSnapshot::size));
    gauges.add(Meter.POOL_RUNNING, tags, seen -> read(seen, pool, PoolSnapshot::running));
    gauges.add(Meter.POOL_ACTIVE, tags, seen -> read(seen, pool, PoolSnapshot::active));
    gauges.add(Meter.POOL_LOST, tags, seen -> read(seen, pool, PoolSnapshot::lost));
    gauges.add(Meter.POOL_GOODPUT, tags, seen -> read(seen, pool, PoolSnapshot::goodput));
    gauges.add(Meter.TAKE_AGE, tags, seen -> seconds(seen.worker().sinceTake().get(pool)));
    gauges.add(
        Meter.JOBS_OLDEST_READY,
        tags,
        seen -> seconds(seen.store().load().oldestReady().get(pool)));
  }

  private static double read(Observation seen, String name, ToDoubleFunction<PoolSnapshot> number) {
    return seen.pools().stream()
        .filter(pool -> pool.name().equals(name))
        .mapToDouble(number)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static double seconds(@Nullable Duration duration) {
    return duration == null ? Double.NaN : duration.toMillis() / 1000.0;
  }

  /** Registers gauges that read the board. */
  private record Gauges(MeterRegistry registry, HealthBoard board) {

    void add(Meter meter, Tags tags, ToDoubleFunction<Observation> number) {
      Gauge.builder(meter.id(), board, from -> number.applyAsDouble(from.seen()))
          .description(meter.meaning())
          .tags(tags)
          .register(registry);
    }
  }
}
