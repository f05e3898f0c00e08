package io.threadmill.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.threadmill.job.JobState;
import io.threadmill.pool.PoolSnapshot;
import io.threadmill.pool.Pools;
import java.util.function.ToDoubleFunction;

/** The gauges: each shows what the board saw last, so a scrape asks Redis nothing. */
final class StateGauges implements MeterBinder {

  private final HealthBoard board;
  private final Pools pools;

  StateGauges(HealthBoard board, Pools pools) {
    this.board = board;
    this.pools = pools;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (JobState state : JobState.values()) {
      Gauge.builder(
              Meter.JOBS_STATE.id(), board, from -> from.seen().jobs().getOrDefault(state, 0L))
          .description(Meter.JOBS_STATE.meaning())
          .tag("state", state.wireName())
          .register(registry);
    }
    Gauge.builder(Meter.THREAD_FAILURES.id(), board, from -> from.seen().failures())
        .description(Meter.THREAD_FAILURES.meaning())
        .register(registry);
    for (PoolSnapshot pool : pools.snapshots()) {
      bind(registry, Meter.POOL_SIZE, pool.name(), PoolSnapshot::size);
      bind(registry, Meter.POOL_RUNNING, pool.name(), PoolSnapshot::running);
      bind(registry, Meter.POOL_ACTIVE, pool.name(), PoolSnapshot::active);
      bind(registry, Meter.POOL_LOST, pool.name(), PoolSnapshot::lost);
      bind(registry, Meter.POOL_GOODPUT, pool.name(), PoolSnapshot::goodput);
    }
  }

  private void bind(
      MeterRegistry registry, Meter meter, String pool, ToDoubleFunction<PoolSnapshot> number) {
    Gauge.builder(meter.id(), board, from -> read(from, pool, number))
        .description(meter.meaning())
        .tag("pool", pool)
        .register(registry);
  }

  private static double read(
      HealthBoard board, String name, ToDoubleFunction<PoolSnapshot> number) {
    return board.seen().pools().stream()
        .filter(pool -> pool.name().equals(name))
        .mapToDouble(number)
        .findFirst()
        .orElse(Double.NaN);
  }
}
