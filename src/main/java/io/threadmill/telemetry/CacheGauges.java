package io.threadmill.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.threadmill.cache.CacheStore.Usage;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What the shared maps held at the board's last look. */
final class CacheGauges implements MeterBinder {

  private final HealthBoard board;
  private final List<String> maps;

  CacheGauges(HealthBoard board, List<String> maps) {
    this.board = board;
    this.maps = List.copyOf(maps);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String map : maps) {
      bind(registry, Meter.CACHE_ENTRIES, map, Usage::entries);
      bind(registry, Meter.CACHE_BYTES, map, Usage::bytes);
    }
  }

  private void bind(MeterRegistry registry, Meter meter, String map, ToLongFunction<Usage> number) {
    Gauge.builder(meter.id(), board, from -> read(from.seen().caches().get(map), number))
        .description(meter.meaning())
        .tag("map", map)
        .register(registry);
  }

  private static double read(@Nullable Usage usage, ToLongFunction<Usage> number) {
    return usage == null ? Double.NaN : number.applyAsLong(usage);
  }
}
