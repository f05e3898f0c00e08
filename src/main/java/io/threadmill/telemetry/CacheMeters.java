package io.threadmill.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.threadmill.cache.CacheListener;
import io.threadmill.cache.Caches;
import java.util.Locale;
import org.springframework.stereotype.Component;

/** Counts how the shared maps are used. Thread-safe. */
@Component
final class CacheMeters implements CacheListener {

  private final MeterProvider<Counter> gets;
  private final MeterProvider<Counter> puts;
  private final MeterProvider<Counter> evictions;

  CacheMeters(MeterRegistry registry) {
    gets = Meters.counter(Meter.CACHE_GETS, registry);
    puts = Meters.counter(Meter.CACHE_PUTS, registry);
    evictions = Meters.counter(Meter.CACHE_EVICTIONS, registry);
    begin();
  }

  /** Series that begin at their first event would hide it from Prometheus's rate(). */
  private void begin() {
    for (String map : Caches.NAMES) {
      for (Get result : Get.values()) {
        gets.withTags("map", map, "result", word(result)).increment(0);
      }
      for (Put outcome : Put.values()) {
        puts.withTags("map", map, "outcome", word(outcome)).increment(0);
      }
      evictions.withTag("map", map).increment(0);
    }
  }

  @Override
  public void got(String map, Get result) {
    gets.withTags("map", map, "result", word(result)).increment();
  }

  @Override
  public void put(String map, Put outcome) {
    puts.withTags("map", map, "outcome", word(outcome)).increment();
  }

  @Override
  public void evicted(String map, int entries) {
    evictions.withTag("map", map).increment(entries);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
